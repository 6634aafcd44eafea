import { randomBytes, randomInt } from 'node:crypto'
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Named, startNamed } from './named.ts'
import type { NetbootNetwork } from './netboot-network.ts'
import { drawHost, type RandomHost } from './random-host.ts'
import { runProgram } from './run-program.ts'
import { startServe } from './serve-program.ts'
import { startSlapd } from './slapd.ts'
import { makeArchive } from './small-archive.ts'
import { ROOT } from './test-files.ts'

/** A host that nobody has seen before, and the machine that it is to be. */
export type NetbootHost = RandomHost & {
  readonly mac: string
  /** Of root. */
  readonly password: string
  /** The class of `fixtures/netboot` that says what is on its disks. */
  readonly disks: 'ONE_DISK' | 'MIRRORED'
}

/** Draws a host. */
export const drawNetbootHost = (disks: NetbootHost['disks']): NetbootHost => ({
  ...drawHost(),
  mac: `52:54:00:${[0, 0, 0].map(() => randomInt(256).toString(16).padStart(2, '0')).join(':')}`,
  password: randomBytes(9).toString('hex'),
  disks,
})

/** A site that knows the host, and what serves it: named, slapd and `serve`, on the network of the test. */
export type NetbootSite = {
  /** Runs `fai-classes` with the site's configuration, and gives what it printed. */
  readonly run: (...args: readonly string[]) => Promise<string>
  /** What named says, in short. */
  readonly dig: (...args: readonly string[]) => Promise<string>
  /** What `serve` said so far. */
  readonly log: () => string
  readonly stop: () => Promise<void>
}

/** Where the parts of a site are that take time to make. */
export type NetbootParts = {
  /** Directory of `image build`. */
  readonly image: string
  /** Of `fixtures/netboot/make-base`. */
  readonly base: string
}

const FIXTURE = join(ROOT, 'fixtures/netboot')
const PROGRAM = join(ROOT, 'bin/fai-classes')
const KEY = 'register.example.test'
const REVERSE_ZONE = `$TTL 300
@ IN SOA ns1.example.test. hostmaster.example.test. 1 3600 900 604800 300
@ IN NS ns1.example.test.
`

/** Starts all of a site in an empty directory; `stop` ends it. */
export const startNetbootSite = async (
  host: NetbootHost,
  directory: string,
  network: NetbootNetwork,
  parts: NetbootParts,
): Promise<NetbootSite> => {
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each()
  }
  try {
    await writeRoot(join(directory, 'root'), parts)
    const named = await startZones(host, directory, network)
    stops.push(named.stop)
    const ldif = (await readFile(join(FIXTURE, 'directory.ldif'), 'utf8')) + (await entryOf(host))
    const slapd = await startSlapd({ ldif, socket: true })
    stops.push(slapd.stop)
    const config = join(directory, 'fai-classes.yaml')
    await writeFile(config, configOf(network, named, slapd.ldapiUrl))
    const serve = await startServe(config, network.enter)
    stops.push(async () => void (await serve.stop()))
    const inNetwork = (words: readonly string[]): Promise<string> => {
      const [program = '', ...args] = [...network.enter, ...words]
      return runProgram(program, args)
    }
    return {
      run: (...args) => inNetwork([PROGRAM, ...args, '--config', config]),
      dig: (...args) =>
        inNetwork(['dig', '@127.0.0.1', '-p', String(named.port), '+norecurse', '+short', ...args]),
      log: serve.log,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What is served by HTTP: kernel and initrd, the config space with the base archive, and one package. */
const writeRoot = async (root: string, { image, base }: NetbootParts): Promise<void> => {
  const space = join(root, 'config')
  await cp(join(FIXTURE, 'config'), space, { recursive: true })
  await mkdir(join(space, 'basefiles'))
  await cp(base, join(space, 'basefiles/NETBOOT.tar.zst'))
  await runProgram('tar', ['--create', '--file', join(root, 'config.tar'), '--directory', space, '.'])
  for (const name of ['vmlinuz', 'initrd.img']) await cp(join(image, name), join(root, name))
  const files = { 'etc/site-greeting': 'installed by apt\n' }
  await makeArchive(join(root, 'packages'), [{ name: 'site-greeting', version: '1.0', files }])
}

const startZones = async (
  host: NetbootHost,
  directory: string,
  { enter, address }: NetbootNetwork,
): Promise<Named> => {
  const zone = join(directory, 'example.test.zone')
  await cp(join(FIXTURE, 'example.test.zone'), zone)
  await appendFile(zone, recordsOf(host))
  await writeFile(join(directory, 'register.key'), host.keySecret, { mode: 0o600 })
  const statements = `allow-update { key ${KEY}; };`
  return startNamed({
    keys: [{ name: KEY, algorithm: 'hmac-sha256', secret: Buffer.from(host.keySecret, 'base64') }],
    zones: [
      { name: 'example.test', path: zone, statements },
      { name: '2.0.192.in-addr.arpa', text: REVERSE_ZONE, statements },
    ],
    enter,
    address,
  })
}

/** What the host is to be, and by which card it is known. */
const recordsOf = ({ name, class: own, mark, mac, disks }: NetbootHost): string => `
_fai.${name} IN TXT "${own}"
${mac.replaceAll(':', '-')}._mac IN PTR ${name}
${own}._class IN TXT "requires=${disks}"
              IN TXT "var.NOTE=${mark}"
`

/** Where the host is, the UUID of its root file system, and who logs in. */
const entryOf = async ({ name, address, rootUuid, password }: NetbootHost): Promise<string> => `
dn: cn=${name},ou=hosts,dc=example,dc=test
objectClass: device
objectClass: ipHost
objectClass: domainRelatedObject
objectClass: faiMember
cn: ${name}
associatedDomain: ${name}.example.test
ipHostNumber: ${address}
faiVariableSetting: ROOT_UUID=${rootUuid}
faiVariableSetting: ROOTPW=${(await runProgram('openssl', ['passwd', '-6', password])).trim()}
`

const configOf = ({ address, interface: name }: NetbootNetwork, named: Named, ldapUrl: string): string =>
  `sources:
  - { kind: dns, zone: example.test, servers: ["${named.server}"] }
  - { kind: ldap, url: "${ldapUrl}", base: "dc=example,dc=test" }
resolution: { facts: [BIOS, EFI] }
register:
  server: "${address}:${named.port}"
  zone: example.test
  reverse: [2.0.192.in-addr.arpa]
  tsig: { name: ${KEY}, algorithm: hmac-sha256, secretFile: register.key }
serve:
  dhcp: { interface: ${name}, range: [192.0.2.2, 192.0.2.50], probe: off }
  http: { listen: "${address}:8080", root: root }
  boot:
    cmdline: "console=ttyS0 quiet"
    configSpace: "http://${address}:8080/config.tar"
    loaders: {}
  stateDirectory: state
  user: root
`
