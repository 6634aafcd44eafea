import * as z from 'zod/mini'
import { parseAge } from '../model/age.ts'
import { parseClassName } from '../model/class-name.ts'
import { DNS_PORT, parseServerAddress } from '../model/server-address.ts'
import { domainName } from './domain-name-schema.ts'
import { serveSchema } from './serve-schema.ts'
import { tsigKey } from './tsig-schema.ts'

/** The configuration as it is written (contract, sections 5 and 8); `schema/config.schema.json` is made from it. */

const text = z.string().check(z.minLength(1))

const ldapUrl = text.check(
  z.refine(
    url => /^ldap[si]?:\/\//.test(url) && URL.canParse(url),
    'is no ldap://, ldaps:// or ldapi:// address',
  ),
)

const server = text.check(
  z.refine(
    value => parseServerAddress(value, DNS_PORT) !== undefined,
    'is no server such as 127.0.0.1:5300 or [::1]:53',
  ),
)

const dnsSource = z.strictObject({
  kind: z.literal('dns'),
  zone: domainName,
  servers: z.array(server).check(z.minLength(1)),
  style: z._default(z.array(z.enum(['underscore', 'prefix', 'bare', 'list'])), ['underscore', 'prefix']),
  tsig: z.optional(tsigKey),
  dnssec: z._default(z.enum(['off', 'ad']), 'off'),
  recursive: z._default(z.boolean(), false),
  insecure: z._default(z.boolean(), false),
})

const ldapSource = z.strictObject({
  kind: z.literal('ldap'),
  url: ldapUrl,
  base: text,
  dialect: z._default(z.enum(['faiClasses', 'argonaut', 'gosa', 'puppet']), 'faiClasses'),
  bindDn: z.optional(text),
  passwordFile: z.optional(text),
  startTls: z._default(z.boolean(), false),
  caFile: z.optional(text),
  insecure: z._default(z.boolean(), false),
})

const zonefileSource = z.strictObject({
  kind: z.literal('zonefile'),
  zone: domainName,
  path: text,
  style: z._default(z.array(z.enum(['underscore', 'prefix', 'bare', 'list'])), ['underscore', 'prefix']),
})

const ldifSource = z.strictObject({
  kind: z.literal('ldif'),
  base: text,
  path: text,
  dialect: z._default(z.enum(['faiClasses', 'argonaut', 'gosa', 'puppet']), 'faiClasses'),
})

const depsSource = z.strictObject({ kind: z.literal('deps'), path: text })

const className = text.check(z.refine(name => parseClassName(name) !== undefined, 'is no class name'))

const resolution = z.strictObject({
  hostClass: z._default(z.enum(['short', 'fqdn', 'none']), 'short'),
  unknownClass: z._default(z.enum(['allow', 'warn', 'error']), 'warn'),
  facts: z.optional(z.array(className)),
})

const age = text.check(z.refine(value => parseAge(value) !== undefined, 'is no age such as 7d, 12h or 30min'))

/** How old a snapshot may be that answers, where the configuration does not say. */
export const SNAPSHOT_MAX_AGE = '7d'

const snapshot = z.strictObject({ directory: text, maxAge: z._default(age, SNAPSHOT_MAX_AGE) })

const reverseZone = z.strictObject({ zone: text, server: z.optional(server), tsig: z.optional(tsigKey) })

const register = z.strictObject({
  server: z.optional(server),
  zone: domainName,
  reverse: z.optional(z.array(z.union([text, reverseZone]))),
  tsig: z.optional(tsigKey),
  ttlSeconds: z._default(z.int().check(z.minimum(1), z.maximum(2147483647)), 300),
  records: z._default(z.array(z.enum(['A', 'AAAA', 'PTR', 'SSHFP'])), ['A', 'AAAA', 'PTR']),
})

const monitor = text.check(
  z.refine(
    value => parseServerAddress(value, 4711) !== undefined,
    'is no server such as fai.example.test or 192.0.2.1:4711',
  ),
)

const install = z.strictObject({ monitor: z.optional(monitor) })

/** What the netboot image has besides; packages of firmware by class of the machines that need it. */
const image = z.strictObject({ firmware: z._default(z.record(className, z.array(text)), {}) })

/** The whole file. */
export const configSchema = z.strictObject({
  sources: z
    .array(z.discriminatedUnion('kind', [dnsSource, ldapSource, zonefileSource, ldifSource, depsSource]))
    .check(z.minLength(1)),
  resolution: z._default(resolution, { hostClass: 'short', unknownClass: 'warn' }),
  snapshot: z.optional(snapshot),
  register: z.optional(register),
  install: z.optional(install),
  image: z.optional(image),
  serve: z.optional(serveSchema),
})

/** The file after its defaults were put in. */
export type ConfigFile = z.infer<typeof configSchema>

/** One of `sources`. */
export type SourceConfig = ConfigFile['sources'][number]

/** A `tsig`; the secret is in a file. */
export type TsigConfig = z.infer<typeof tsigKey>

/** `register`. */
export type RegisterConfig = z.infer<typeof register>

/** JSON Schema of the file, for `schema/config.schema.json`; what is written, so that defaults are not required. */
export const configJsonSchema = (): unknown => z.toJSONSchema(configSchema, { io: 'input' })
