import { toWireName } from '../../model/dns-name.ts'
import { parseIpAddress } from '../../model/ip-address.ts'
import type { CountSteps } from '../../model/steps.ts'
import { decodeLoneRdata, type Rdata } from '../../wire/dns/rdata.ts'
import { WireError } from '../../wire/wire-error.ts'
import type { ZoneToken } from './lexer.ts'
import { parseCharacterString, parseTtl, parseUnsigned, parseZoneName } from './word.ts'

/** Record data, or what is wrong with it and at which word; no word where one is missing. */
export type RdataResult =
  | { readonly ok: true; readonly rdata: Rdata }
  | { readonly ok: false; readonly message: string; readonly token?: ZoneToken }

type Field = 'name' | 'u8' | 'u16' | 'u32' | 'ttl' | 'ipv4' | 'ipv6' | 'string' | 'strings' | 'hex' | 'base64'

/** How the data of a type is written; a type that is not here is kept unread. */
const FIELDS: ReadonlyMap<string, readonly Field[]> = new Map<string, readonly Field[]>([
  ['A', ['ipv4']],
  ['AAAA', ['ipv6']],
  ['NS', ['name']],
  ['CNAME', ['name']],
  ['DNAME', ['name']],
  ['PTR', ['name']],
  ['SOA', ['name', 'name', 'u32', 'ttl', 'ttl', 'ttl', 'ttl']],
  ['TXT', ['strings']],
  ['SPF', ['strings']],
  ['MX', ['u16', 'name']],
  ['KX', ['u16', 'name']],
  ['AFSDB', ['u16', 'name']],
  ['RP', ['name', 'name']],
  ['SRV', ['u16', 'u16', 'u16', 'name']],
  ['NAPTR', ['u16', 'u16', 'string', 'string', 'string', 'name']],
  ['HINFO', ['string', 'string']],
  ['SSHFP', ['u8', 'u8', 'hex']],
  ['DS', ['u16', 'u8', 'u8', 'hex']],
  ['TLSA', ['u8', 'u8', 'u8', 'hex']],
  ['CAA', ['u8', 'string', 'string']],
  ['DHCID', ['base64']],
])

const WANTED: Readonly<Record<Field, string>> = {
  name: 'a domain name',
  u8: 'a number up to 255',
  u16: 'a number up to 65535',
  u32: 'a number up to 4294967295',
  ttl: 'a time in seconds',
  ipv4: 'an IPv4 address',
  ipv6: 'an IPv6 address',
  string: 'a character-string of at most 255 octets',
  strings: 'a character-string of at most 255 octets',
  hex: 'hexadecimal digits',
  base64: 'base64',
}

/** RFC 1035, section 3.2.1: the length has two octets. */
const MAX_RDATA_OCTETS = 65_535

/** Reads the words behind the type of a record; names are below `origin` unless they end in a dot. Pure. */
export const parseZoneRdata = (
  type: string,
  tokens: readonly ZoneToken[],
  origin: string,
  count?: CountSteps,
): RdataResult => {
  const [first] = tokens
  if (first?.text === '\\#' && !first.quoted) return parseGeneric(type, tokens, count)
  const fields = FIELDS.get(type)
  if (fields === undefined) return keepUnread(type, tokens, count)
  const octets: Buffer[] = []
  let at = 0
  for (const field of fields) {
    const takesRest = field === 'strings' || field === 'hex' || field === 'base64'
    const words = takesRest ? tokens.slice(at) : tokens.slice(at, at + 1)
    count?.(words.length)
    const [token] = words
    if (token === undefined) return { ok: false, message: `${type} lacks ${WANTED[field]}` }
    for (const part of field === 'strings' ? words.map(word => [word]) : [words]) {
      const encoded = encodeField(field, part.map(({ text }) => text).join(''), origin, count)
      const message = `${type} wants ${WANTED[field]}`
      if (encoded === undefined) return { ok: false, message, token: part[0] as ZoneToken }
      octets.push(encoded)
    }
    at += words.length
  }
  const extra = tokens[at]
  if (extra !== undefined) return { ok: false, message: `${type} has a word too many`, token: extra }
  return fromWire(type, Buffer.concat(octets), count)
}

const encodeField = (
  field: Field,
  text: string,
  origin: string,
  count: CountSteps | undefined,
): Buffer | undefined => {
  count?.(text.length)
  switch (field) {
    case 'name': {
      const name = parseZoneName(text, origin, count)
      return name === undefined ? undefined : toWireName(name, count)
    }
    case 'u8':
      return unsigned(parseUnsigned(text, 8), 1)
    case 'u16':
      return unsigned(parseUnsigned(text, 16), 2)
    case 'u32':
      return unsigned(parseUnsigned(text, 32), 4)
    case 'ttl':
      return unsigned(parseTtl(text), 4)
    case 'ipv4':
    case 'ipv6': {
      const address = parseIpAddress(text)
      return address?.length === (field === 'ipv4' ? 4 : 16) ? address : undefined
    }
    case 'string':
    case 'strings': {
      const string = parseCharacterString(text)
      return string && Buffer.concat([Buffer.from([string.length]), string])
    }
    case 'hex':
      return /^(?:[0-9a-fA-F]{2})+$/.test(text) ? Buffer.from(text, 'hex') : undefined
    case 'base64':
      return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
  }
}

const unsigned = (value: number | undefined, octets: number): Buffer | undefined => {
  if (value === undefined) return undefined
  const buffer = Buffer.alloc(octets)
  buffer.writeUIntBE(value, 0, octets)
  return buffer
}

/** RFC 3597, section 5: `\# length hex...`. */
const parseGeneric = (
  type: string,
  [mark, length, ...words]: readonly ZoneToken[],
  count: CountSteps | undefined,
): RdataResult => {
  const hex = words.map(({ text }) => text).join('')
  count?.(hex.length)
  const octets = length && parseUnsigned(length.text, 16)
  if (octets === undefined)
    return { ok: false, message: '\\# wants a length', token: (length ?? mark) as ZoneToken }
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex) || hex.length !== octets * 2) {
    return { ok: false, message: `\\# wants ${octets} octets in hexadecimal`, token: length as ZoneToken }
  }
  return fromWire(type, Buffer.from(hex, 'hex'), count)
}

const keepUnread = (
  type: string,
  tokens: readonly ZoneToken[],
  count: CountSteps | undefined,
): RdataResult => {
  if (type.startsWith('TYPE')) return { ok: false, message: `${type} wants its data as \\#` }
  if (tokens.length === 0) return { ok: false, message: `${type} has no data` }
  const text = tokens.map(token => token.text).join(' ')
  count?.(text.length)
  return { ok: true, rdata: { kind: 'opaque', octets: Buffer.from(text, 'latin1') } }
}

const fromWire = (type: string, rdata: Buffer, count: CountSteps | undefined): RdataResult => {
  if (rdata.length > MAX_RDATA_OCTETS)
    return { ok: false, message: `data of ${type} is longer than ${MAX_RDATA_OCTETS} octets` }
  try {
    return { ok: true, rdata: decodeLoneRdata(type, rdata, count) }
  } catch (error) {
    if (error instanceof WireError) return { ok: false, message: `data of ${type}: ${error.message}` }
    throw error
  }
}
