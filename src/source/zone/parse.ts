import { type Diagnostic, errorAt } from '../../diagnostic/diagnostic.ts'
import { quote } from '../../model/grammar.ts'
import type { CountSteps } from '../../model/steps.ts'
import type { Rdata } from '../../wire/dns/rdata.ts'
import { formatRecordType, parseRecordType } from '../../wire/dns/record-type.ts'
import { lexZone, type ZoneEntry, type ZoneToken } from './lexer.ts'
import { parseZoneRdata } from './rdata.ts'
import { parseTtl, parseZoneName } from './word.ts'

/** A record of a zone, and the line of the master file where it starts, if it came from one. */
export type ZoneRecord = {
  /** As written, made absolute. */
  readonly owner: string
  /** Mnemonic, or `TYPE` and a number. */
  readonly type: string
  /** Undefined where neither the record nor `$TTL` says one. */
  readonly ttlSeconds: number | undefined
  readonly rdata: Rdata
  readonly path?: string
  readonly line?: number
}

/** A `$INCLUDE` and the state in which the other file is to be read. */
export type ZoneInclude = {
  readonly file: string
  readonly origin: string
  readonly ttlSeconds: number | undefined
  readonly line: number
  readonly column: number
}

/** Everything in one file; `records` of included files are not in it. */
export type ParsedZoneFile = {
  readonly records: readonly ZoneRecord[]
  readonly includes: readonly ZoneInclude[]
  readonly diagnostics: readonly Diagnostic[]
}

/** What a file is read with: its name for diagnostics, `$ORIGIN` and `$TTL` at its beginning. */
export type ZoneStart = {
  readonly path: string
  readonly origin: string
  readonly ttlSeconds?: number | undefined
}

const CLASSES = new Set(['IN', 'CS', 'CH', 'HS'])
/** Types that stand in questions and transactions only. */
const META_TYPES = new Set(['OPT', 'TSIG', 'AXFR', 'ANY'])

/**
 * Parses one master file (RFC 1035, section 5; `$TTL`: RFC 2308, section 4; unknown
 * types: RFC 3597). `text` holds one character for each octet. Every faulty entry
 * gives one error `zone-syntax` with line and column. Pure, linear in the text.
 */
export const parseZoneFile = (text: string, start: ZoneStart, count?: CountSteps): ParsedZoneFile => {
  const at = ({ line, column }: { line: number; column: number }) =>
    ({ kind: 'file', path: start.path, line, column }) as const
  const { entries, diagnostics } = lexZone(text, at, count)
  const records: ZoneRecord[] = []
  const includes: ZoneInclude[] = []
  const state: State = { origin: start.origin, ttlSeconds: start.ttlSeconds, owner: undefined, count }
  for (const entry of entries) {
    try {
      const [first] = entry.tokens
      if (first === undefined) continue
      if (!entry.isContinued && !first.quoted && first.text.startsWith('$')) {
        const include = readDirective(entry.tokens, state)
        if (include !== undefined) includes.push(include)
      } else {
        records.push({ ...readRecord(entry, state), path: start.path, line: first.line })
      }
    } catch (fault) {
      if (!(fault instanceof ZoneFault)) throw fault
      diagnostics.push(errorAt('zone-syntax', fault.message, at(fault.token)))
    }
  }
  const line = ({ origin }: Diagnostic): number => (origin.kind === 'file' ? (origin.line ?? 0) : 0)
  return { records, includes, diagnostics: diagnostics.sort((a, b) => line(a) - line(b)) }
}

type State = {
  origin: string
  ttlSeconds: number | undefined
  owner: string | undefined
  readonly count: CountSteps | undefined
}

class ZoneFault extends Error {
  readonly token: ZoneToken
  constructor(message: string, token: ZoneToken) {
    super(message)
    this.token = token
  }
}

const readDirective = (tokens: readonly ZoneToken[], state: State): ZoneInclude | undefined => {
  const [directive, first, second] = tokens as [ZoneToken, ...ZoneToken[]]
  const argument = (wanted: string): ZoneToken => {
    if (first === undefined) throw new ZoneFault(`${directive.text} wants ${wanted}`, directive)
    return first
  }
  const nameAt = (token: ZoneToken): string => {
    const name = parseZoneName(token.text, state.origin, state.count)
    if (name === undefined) throw new ZoneFault(`${shown(token)} is not a domain name`, token)
    return name
  }
  switch (directive.text.toUpperCase()) {
    case '$ORIGIN':
      state.origin = nameAt(argument('a domain name'))
      refuseFrom(tokens, 2)
      return undefined
    case '$TTL': {
      const token = argument('a time in seconds')
      state.ttlSeconds = parseTtl(token.text)
      if (state.ttlSeconds === undefined)
        throw new ZoneFault(`${shown(token)} is not a time in seconds`, token)
      refuseFrom(tokens, 2)
      return undefined
    }
    case '$INCLUDE': {
      const file = argument('a file name')
      const origin = second === undefined ? state.origin : nameAt(second)
      refuseFrom(tokens, 3)
      const { line, column } = file
      return { file: unescaped(file.text), origin, ttlSeconds: state.ttlSeconds, line, column }
    }
    default:
      throw new ZoneFault(`${shown(directive)} is not $ORIGIN, $TTL or $INCLUDE`, directive)
  }
}

const readRecord = (entry: ZoneEntry, state: State): Omit<ZoneRecord, 'path' | 'line'> => {
  const [first] = entry.tokens as [ZoneToken, ...ZoneToken[]]
  if (!entry.isContinued) {
    const owner = parseZoneName(first.text, state.origin, state.count)
    // The lines that follow a faulty owner are no faults of their own.
    state.owner = owner ?? state.origin
    if (owner === undefined) throw new ZoneFault(`${shown(first)} is not a domain name`, first)
  }
  if (state.owner === undefined) throw new ZoneFault('record has no owner', first)
  let at = entry.isContinued ? 0 : 1
  let ttlSeconds = state.ttlSeconds
  const seen = { ttl: false, dnsClass: false }
  for (; ; at++) {
    const word = entry.tokens[at]
    const text = word?.quoted ? '' : (word?.text ?? '')
    state.count?.(text.length)
    const ttl = seen.ttl ? undefined : parseTtl(text)
    if (ttl !== undefined) {
      ttlSeconds = ttl
      seen.ttl = true
    } else if (!seen.dnsClass && CLASSES.has(text.toUpperCase())) {
      if (text.toUpperCase() !== 'IN') throw new ZoneFault(`class ${text} is not IN`, word as ZoneToken)
      seen.dnsClass = true
    } else {
      break
    }
  }
  const typeToken = entry.tokens[at]
  if (typeToken === undefined) throw new ZoneFault('record has no type', entry.tokens.at(-1) as ZoneToken)
  const number = typeToken.quoted ? undefined : parseRecordType(typeToken.text)
  const type = number === undefined ? undefined : formatRecordType(number)
  if (type === undefined || META_TYPES.has(type)) {
    throw new ZoneFault(`${shown(typeToken)} is not a record type`, typeToken)
  }
  const result = parseZoneRdata(type, entry.tokens.slice(at + 1), state.origin, state.count)
  if (!result.ok) {
    const found = result.token === undefined ? '' : `, found ${shown(result.token)}`
    throw new ZoneFault(`${result.message}${found}`, result.token ?? typeToken)
  }
  return { owner: state.owner, type, ttlSeconds, rdata: result.rdata }
}

const refuseFrom = (tokens: readonly ZoneToken[], index: number): void => {
  const extra = tokens[index]
  if (extra !== undefined)
    throw new ZoneFault(`${tokens[0]?.text} has a word too many, ${shown(extra)}`, extra)
}

const unescaped = (text: string): string =>
  Buffer.from(text.replace(/\\([\s\S])/g, '$1'), 'latin1').toString()

/** The file is read octet by octet; people see it as UTF-8. */
const shown = ({ text }: ZoneToken): string => quote(Buffer.from(text, 'latin1').toString())
