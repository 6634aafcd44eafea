import { type Diagnostic, errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import { quote } from '../../model/grammar.ts'
import type { CountSteps } from '../../model/steps.ts'
import { type Dn, foldAttribute, parseDn } from './dn.ts'
import { type Entry, toValue, type Value } from './entry.ts'
import { type LdifLine, splitLdif } from './ldif-line.ts'

/**
 * Parses the content records of an LDIF (RFC 2849). `path` goes into origins.
 * Every fault is the error `ldif-syntax` at its line, and with one there are no
 * entries: half a directory is none. Pure and linear in the size of the file.
 *
 *     ldif-content-file = version-spec 1*(1*SEP ldif-attrval-record)
 *     attrval-spec      = AttributeDescription value-spec SEP
 *     value-spec        = ":" (FILL 0*1(SAFE-STRING) / ":" FILL BASE64 / "<" FILL url)
 */
export const parseLdif = (bytes: Uint8Array, path: string, count?: CountSteps): Outcome<readonly Entry[]> => {
  const diagnostics: Diagnostic[] = []
  const fault: Fault = (line, message) => {
    diagnostics.push(errorAt('ldif-syntax', message, { kind: 'file', path, line }))
  }
  const { blocks, strays } = splitLdif(bytes, count)
  for (const line of strays) fault(line, 'begins with a blank but there is no line before it to continue')
  const reading: Reading = { path, parents: new Map(), fault, count }
  const byDn = new Map<string, Entry>()
  for (const [index, block] of blocks.entries()) {
    const record = index === 0 ? withoutVersion(block, fault) : block
    const entry = record.length === 0 ? undefined : parseRecord(record, reading)
    if (entry === undefined) continue
    const earlier = byDn.get(entry.dn.normal)
    if (earlier === undefined) byDn.set(entry.dn.normal, entry)
    else
      fault(entry.origin.line ?? 0, `entry "${entry.dn.text}" stands here and in line ${earlier.origin.line}`)
  }
  diagnostics.sort((a, b) => lineOf(a) - lineOf(b))
  return { value: diagnostics.length === 0 ? [...byDn.values()] : undefined, diagnostics }
}

type Fault = (line: number, message: string) => void

/** What one file is read with. */
type Reading = {
  readonly path: string
  /** The DNs met so far that stand above an entry, by their text. */
  readonly parents: Map<string, Dn>
  readonly fault: Fault
  readonly count: CountSteps | undefined
}

/** One line taken apart; the value is still in octets. */
type Spec = { readonly line: number; readonly attribute: string; readonly value: Value }

const withoutVersion = (block: readonly LdifLine[], fault: Fault): readonly LdifLine[] => {
  const [first, ...others] = block
  const version = first === undefined ? null : /^version: *(.*)$/i.exec(first.text)
  if (first === undefined || version === null) return block
  if (version[1] !== '1')
    fault(first.line, `version ${quote(version[1] ?? '')} of LDIF is not known (wanted 1)`)
  return others
}

const parseRecord = (lines: readonly LdifLine[], reading: Reading): Entry | undefined => {
  const { path, fault } = reading
  const [first, ...others] = lines as [LdifLine, ...LdifLine[]]
  const named = parseSpec(first, reading)
  if (named === undefined) return undefined
  if (named.attribute !== 'dn') {
    fault(first.line, `a record begins with "dn:", not with ${quote(`${named.attribute}:`)}`)
    return undefined
  }
  const dn = parseEntryDn(named, reading)
  const change = /^(changetype|control):/i.exec(others[0]?.text ?? '')
  if (change !== null) {
    fault(
      others[0]?.line ?? first.line,
      `"${change[1]}:" makes this a change record; only content records are read`,
    )
    return undefined
  }
  if (others.length === 0) fault(first.line, `entry ${quote(named.value.text)} has no attributes`)
  const attributes = parseAttributes(others, reading)
  if (dn === undefined) return undefined
  return { dn, attributes, origin: { kind: 'entry', dn: dn.text, path, line: first.line } }
}

const parseEntryDn = ({ line, value }: Spec, { parents, fault, count }: Reading): Dn | undefined => {
  const result = parseDn(value.text, parents, count)
  if (result.ok && value.binary !== true) return result.dn
  const where = result.ok ? 'it is not UTF-8' : `it fails at character ${result.offset + 1}`
  fault(line, `${quote(value.text)} is not a DN; ${where}`)
  return undefined
}

const parseAttributes = (
  lines: readonly LdifLine[],
  reading: Reading,
): ReadonlyMap<string, readonly Value[]> => {
  const attributes = new Map<string, Value[]>()
  for (const line of lines) {
    const spec = parseSpec(line, reading)
    if (spec?.attribute === 'dn')
      reading.fault(line.line, 'a second "dn:" in one record; an empty line is missing before it')
    if (spec === undefined) continue
    const values = attributes.get(spec.attribute)
    if (values === undefined) attributes.set(spec.attribute, [spec.value])
    else values.push(spec.value)
  }
  return attributes
}

const parseSpec = ({ line, text }: LdifLine, { fault, count }: Reading): Spec | undefined => {
  count?.(text.length)
  const refuse = (message: string): undefined => {
    fault(line, message)
    return undefined
  }
  const colon = text.indexOf(':')
  if (colon < 0) return refuse(`${quote(readable(text))} has no colon`)
  const description = text.slice(0, colon)
  if (!DESCRIPTION.test(description))
    return refuse(`${quote(readable(description))} is not an attribute name`)
  const kind = text[colon + 1]
  if (kind === '<') return refuse(`the value of ${description} is in another file ("<"), which is not read`)
  let start = kind === ':' ? colon + 2 : colon + 1
  while (text[start] === ' ') start += 1
  const written = text.slice(start)
  if (kind === ':' && !isBase64(written)) return refuse(`the value of ${description} is not base64`)
  if (kind !== ':' && /[\0\r]/.test(written))
    return refuse(`the value of ${description} holds a NUL or CR; it takes base64`)
  const attribute = foldAttribute(description)
  if (kind !== ':' && ASCII.test(written)) return { line, attribute, value: { text: written, line } }
  const octets = Buffer.from(written, kind === ':' ? 'base64' : 'latin1')
  return { line, attribute, value: toValue(octets, line) }
}

const readable = (octets: string): string => Buffer.from(octets, 'latin1').toString('utf8')

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)

const lineOf = ({ origin }: Diagnostic): number => (origin.kind === 'file' ? (origin.line ?? 0) : 0)

/** Attribute name or number with options (RFC 4512, section 2.5); with bounds, or a line of megabytes would need more stack than there is. */
const DESCRIPTION = /^(?:[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+){0,127})(?:;[A-Za-z0-9-]+){0,127}$/
const ASCII = /^[\0-\x7f]*$/
