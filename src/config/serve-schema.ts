import * as z from 'zod/mini'
import { bootWords, isBootWord, isPathBelow } from '../model/boot-word.ts'
import { parseClassName } from '../model/class-name.ts'
import { parseConfigSpaceUri } from '../model/config-space-uri.ts'
import { parseIpAddress } from '../model/ip-address.ts'
import {
  apiSchema,
  dnsServerSchema,
  historySchema,
  listenAt,
  SERVE_PORTS,
  watchSchema,
} from './live-schema.ts'

/** `serve`: what answers on the network and what machines boot (contract, section 9). */

const text = z.string().check(z.minLength(1))
const IPV4_OCTETS = 4
const MOST_SECONDS = 2 ** 32 - 1

const address = text.check(
  z.refine(value => parseIpAddress(value)?.length === IPV4_OCTETS, 'is no IPv4 address'),
)

const network = text.check(
  z.refine(
    value =>
      /^[^/]+\/(\d|[12]\d|3[0-2])$/.test(value) && parseIpAddress(value.replace(/\/.*/, '')) !== undefined,
    'is no network such as 192.0.2.0/24',
  ),
)

const className = text.check(z.refine(name => parseClassName(name) !== undefined, 'is no class name'))

const range = z.tuple([address, address])

/** A network behind a relay. */
const subnet = z.strictObject({ network, range: z.optional(range), router: z.optional(address) })

const dhcp = z.strictObject({
  interface: text,
  mode: z._default(z.enum(['authoritative', 'proxy', 'off']), 'authoritative'),
  range: z.optional(range),
  router: z.optional(address),
  nameServers: z.optional(z.array(address)),
  domain: z.optional(text),
  subnets: z.optional(z.array(subnet)),
  leaseSeconds: z._default(z.int().check(z.minimum(60), z.maximum(MOST_SECONDS)), 3600),
  unknownHosts: z._default(z.enum(['ignore', 'discover']), 'ignore'),
  probe: z._default(z.enum(['arping', 'ping', 'off']), 'arping'),
})

const tftp = z.strictObject({ listen: listenAt(SERVE_PORTS.tftp), root: text })

const http = z.strictObject({ listen: listenAt(SERVE_PORTS.http), root: z.optional(text) })

const bootFile = text.check(
  z.refine(isPathBelow, 'is no file below the root such as vmlinuz or debian/vmlinuz'),
)

const cmdline = z
  .string()
  .check(z.refine(line => bootWords(line).every(isBootWord), 'has a word that cannot stand in a boot script'))

/** What a class has otherwise. */
const bootOfClass = z.strictObject({
  kernel: z.optional(bootFile),
  initrd: z.optional(bootFile),
  cmdline: z.optional(cmdline),
})

const configSpace = text.check(
  z.refine(
    uri => parseConfigSpaceUri(uri, '/').value !== undefined,
    'is no config space such as http://192.0.2.1:8080/config.tar.gz',
  ),
  z.refine(isBootWord, 'cannot stand in a boot script'),
)

const flag = text.check(z.refine(name => /^[A-Za-z0-9_]+$/.test(name), 'is no name of a flag'))

const boot = z.strictObject({
  kernel: z._default(bootFile, 'vmlinuz'),
  initrd: z._default(bootFile, 'initrd.img'),
  cmdline: z._default(cmdline, ''),
  flags: z._default(z.array(flag), ['verbose', 'reboot']),
  byClass: z._default(z.record(className, bootOfClass), {}),
  configSpace: z.optional(configSpace),
  /** Loaders below the root of TFTP and HTTP, by `bios`, `x64`, `arm64`. */
  loaders: z._default(
    z.strictObject({ bios: z.optional(text), x64: z.optional(text), arm64: z.optional(text) }),
    { bios: 'undionly.kpxe', x64: 'snponly.efi' },
  ),
  /** What a machine boots whose installation failed. */
  afterFailure: z._default(z.enum(['local', 'rescue']), 'local'),
})

/** `serve`. */
export const serveSchema = z.strictObject({
  dhcp: z.optional(dhcp),
  tftp: z.optional(tftp),
  http: z.optional(http),
  watch: z.optional(watchSchema),
  dns: z.optional(dnsServerSchema),
  api: z.optional(apiSchema),
  history: z.optional(historySchema),
  boot: z.prefault(boot, {}),
  stateDirectory: z._default(text, '/var/lib/fai-classes-serve'),
  user: z._default(text, '_fai-classes'),
})

/** `serve`, with its defaults. */
export type ServeConfig = z.infer<typeof serveSchema>
