import * as z from 'zod/mini'
import { parseAge } from '../model/age.ts'
import { parseIpAddress } from '../model/ip-address.ts'
import { DNS_PORT, parseServerAddress } from '../model/server-address.ts'
import { domainName } from './domain-name-schema.ts'
import { tsigKey } from './tsig-schema.ts'

/** Keys of `serve` for lists that are kept current: `watch`, `dns`, `api`, `history`. */

const text = z.string().check(z.minLength(1))

/** An address and a port that is listened at. */
export const listenAt = (port: number) =>
  text.check(
    z.refine(
      value => parseIpAddress(parseServerAddress(value, port)?.host ?? '') !== undefined,
      `is no address to listen at such as 192.0.2.1:${port}`,
    ),
  )

/** Where `serve` listens whose address has no port: TFTP (RFC 1350), boot files, DNS, answers by HTTP. */
export const SERVE_PORTS = { tftp: 69, http: 8080, dns: DNS_PORT, api: 8053 } as const

/** Seconds between two readings where `serve.watch` is left out too. */
export const POLL_SECONDS = 30

const MOST_SECONDS = 2 ** 31 - 1

const age = text.check(z.refine(value => parseAge(value) !== undefined, 'is no age such as 365d or 12h'))

/** Who gets the zone by transfer, and is told when it changes. */
const secondary = z.strictObject({
  server: listenAt(SERVE_PORTS.dns),
  /** Name of one of `tsig`; without it the address alone is asked for. */
  key: z.optional(text),
})

/** `serve.dns`. */
export const dnsServerSchema = z.strictObject({
  listen: listenAt(SERVE_PORTS.dns),
  zone: domainName,
  /** MNAME of the SOA record. */
  primary: domainName,
  /** RNAME, as a name; `hostmaster` below the zone where it is left out. */
  mailbox: z.optional(domainName),
  /** NS records; the primary where they are left out. */
  nameServers: z.optional(z.array(domainName).check(z.minLength(1))),
  ttlSeconds: z._default(z.int().check(z.minimum(1), z.maximum(MOST_SECONDS)), 300),
  secondaries: z._default(z.array(secondary), []),
  tsig: z._default(z.array(tsigKey), []),
  /** Alike answers to one network (RRL); 0 for no limit. */
  responsesPerSecond: z._default(z.int().check(z.minimum(0), z.maximum(1_000_000)), 50),
})

/** `serve.watch`: how sources are followed. */
export const watchSchema = z.strictObject({
  /** Where NOTIFY is taken besides `serve.dns.listen`. */
  listen: z.optional(listenAt(SERVE_PORTS.dns)),
  /** Between two readings of a directory that cannot tell of changes, and of a file. */
  pollSeconds: z._default(z.int().check(z.minimum(1), z.maximum(86_400)), POLL_SECONDS),
})

/** `serve.api`. */
export const apiSchema = z.strictObject({
  listen: z._default(listenAt(SERVE_PORTS.api), `127.0.0.1:${SERVE_PORTS.api}`),
  /** One token a line, `#` for a comment. */
  tokensFile: z.optional(text),
  tls: z.optional(z.strictObject({ certFile: text, keyFile: text, clientCaFile: z.optional(text) })),
})

/** `serve.history`. */
export const historySchema = z.strictObject({
  maxAge: z._default(age, '365d'),
  maxMebibytes: z._default(z.int().check(z.minimum(1), z.maximum(1_000_000)), 1024),
})
