import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TsigKey } from '../model/tsig-key.ts'
import { type Named, type NamedOptions, startNamed } from './named.ts'
import { withFiles } from './site-files.ts'

/** The three zones that hosts of a test are registered in, and the one above the classless zone. */
export const ZONES = {
  forward: 'example.test',
  ipv6: '8.b.d.0.1.0.0.2.ip6.arpa',
  parent: '2.0.192.in-addr.arpa',
  classless: '0/26.2.0.192.in-addr.arpa',
} as const

/** A key of a test; its secret is made of one character. */
export const keyOf = (
  name: string,
  fill: string,
  algorithm: TsigKey['algorithm'] = 'hmac-sha256',
): TsigKey => ({
  name,
  algorithm,
  secret: Buffer.alloc(32, fill),
})

/** The key that may write addresses, PTR, SSHFP and DHCID, and nothing else. */
export const REGISTER_KEY = keyOf('register-key', 'a')

const TOP = `$TTL 300
@ IN SOA ns1.example.test. hostmaster.example.test. 1 3600 900 1209600 300
@ IN NS ns1.example.test.
`
const FORWARD = `${TOP}ns1 IN A 127.0.0.1
_fai.web01 IN TXT WEB
_fai.web02 IN TXT WEB
_fai.mail IN TXT MAIL
mail IN A 192.0.2.9
leased IN A 192.0.2.20
leased IN DHCID AAEBOSD+XR3Os/0LozeXVqcNc7FwCfQdWL3b/NaiUDlW2No=
`
/** RFC 2317, section 4: every address of the part has an alias into the zone of the part. */
const PARENT = `${TOP}$GENERATE 1-62 $ IN CNAME $.0/26
0/26 IN NS ns1.example.test.
`

const policy = (types: string): string => `update-policy { grant ${REGISTER_KEY.name} zonesub ${types}; };`

/** The zones as named has them, with the policy that README shows. */
export const REGISTER_ZONES = {
  forward: { name: ZONES.forward, text: FORWARD, statements: policy('A AAAA SSHFP DHCID') },
  ipv6: { name: ZONES.ipv6, text: TOP, statements: policy('PTR DHCID') },
  parent: { name: ZONES.parent, text: PARENT },
  classless: { name: ZONES.classless, text: TOP, statements: policy('PTR DHCID') },
} as const

/** A named with these zones, by default with all; it knows the key in any case. */
export const startRegisterNamed = (options: Partial<NamedOptions> = {}): Promise<Named> =>
  startNamed({
    zones: Object.values(REGISTER_ZONES),
    ...options,
    keys: [REGISTER_KEY, ...(options.keys ?? [])],
  })

/** What `dig` says in short, one answer a line. */
export const digShort = async ({ port }: Pick<Named, 'port'>, ...question: string[]): Promise<string> => {
  const args = ['@127.0.0.1', '-p', String(port), '+norecurse', '+short', ...question]
  return (await promisify(execFile)('dig', args)).stdout.trim()
}

/** The files of a site whose zone is read from a live server; `register` is the text of that key. */
export const withRegisterSite = (
  named: Pick<Named, 'server'>,
  register: string,
  use: (configFile: string) => Promise<void>,
  keys: readonly TsigKey[] = [REGISTER_KEY],
): Promise<void> =>
  withFiles(
    {
      'site.yaml': `sources:
  - { kind: dns, zone: example.test, servers: ["${named.server}"] }
register: ${register}
`,
      ...Object.fromEntries(keys.map(({ name, secret }) => [`${name}.key`, secret.toString('base64')])),
    },
    directory => use(`${directory}/site.yaml`),
  )
