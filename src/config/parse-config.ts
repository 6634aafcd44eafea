import { type Document, LineCounter, parseDocument } from 'yaml'
import type * as z from 'zod/mini'
import { type Diagnostic, errorAt, hasErrors, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import { quote } from '../model/grammar.ts'
import { nearestHint } from '../model/nearest.ts'
import { type ConfigFile, configSchema } from './schema.ts'
import { findUntrusted } from './trust.ts'

/** A configuration, and where each of its keys stands. */
export type ParsedConfig = ConfigFile & {
  /** The place of a key such as `['serve', 'dhcp', 'range']`, or of the deepest one above it that the file holds. */
  readonly originOf: (key: readonly PropertyKey[]) => Origin
}

/** Parses the text of a configuration file. Pure: every fault is a `config-invalid` at its line and column. */
export const parseConfig = (text: string, path: string): Outcome<ParsedConfig> => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number): Origin => {
    const { line, col } = lines.linePos(offset)
    return { kind: 'file', path, line, column: col }
  }
  if (document.errors.length > 0) {
    const diagnostics = document.errors.map(({ message, pos }) =>
      errorAt('config-invalid', firstLine(message), at(pos[0])),
    )
    return { value: undefined, diagnostics }
  }
  const parsed = configSchema.safeParse(document.toJS() ?? {}, { reportInput: true })
  if (parsed.success) {
    const originOf = (key: readonly PropertyKey[]): Origin => at(offsetOf(document, key))
    const diagnostics = findUntrusted(parsed.data, originOf)
    return { value: hasErrors(diagnostics) ? undefined : { ...parsed.data, originOf }, diagnostics }
  }
  const diagnostics = parsed.error.issues.flatMap(issue => describe(issue, document, at))
  return { value: undefined, diagnostics }
}

type Issue = z.core.$ZodIssue

const describe = (issue: Issue, document: Document, at: (offset: number) => Origin): Diagnostic[] => {
  const inside = issuesInside(issue)
  if (inside.length > 0) return inside.flatMap(found => describe(found, document, at))
  const place = at(offsetOf(document, issue.path))
  const where = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => {
      const hint = nearestHint(key, knownKeys(issue.path, document), 'key')
      const scope = where === '' ? '' : ` in ${where}`
      return errorAt(
        'config-invalid',
        `unknown key ${quote(key)}${scope}${hint}`,
        at(offsetOf(document, [...issue.path, key])),
      )
    })
  }
  return [errorAt('config-invalid', `${where === '' ? 'the file' : where} ${faultOf(issue)}`, place)]
}

/** Where a text or an object may stand and an object does: what is wrong with the object. */
const issuesInside = (issue: Issue): readonly Issue[] => {
  if (issue.code !== 'invalid_union' || typeof issue.input !== 'object') return []
  const ofObject = issue.errors.find(issues =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  return (ofObject ?? []).map(found => ({ ...found, path: [...issue.path, ...found.path] }))
}

/** What is wrong with a value, wanted before found. */
const faultOf = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing (wanted ${issue.expected})`
        : `is not of the kind wanted (${issue.expected})`
    case 'invalid_value':
      return `is not one of ${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return issue.errors.length > 0
        ? 'is neither the name of a zone nor a zone with its server'
        : 'is not one of dns, ldap, zonefile, ldif, deps'
    case 'too_small':
      return issue.origin === 'number' ? `is below ${issue.minimum}` : 'is empty'
    case 'too_big':
      return `is above ${issue.maximum}`
    default:
      return lowerFirst(issue.message)
  }
}

/** The keys that may stand at a place, read from the schema by walking it along the path. */
const knownKeys = (path: readonly PropertyKey[], document: Document): readonly string[] => {
  let schema: unknown = configSchema
  for (const [depth, part] of path.entries()) {
    const kind = document.getIn([...path.slice(0, depth + 1), 'kind'])
    schema = stepInto(unwrap(schema), part, kind)
  }
  const { shape } = defOf(unwrap(schema))
  return Object.keys(shape ?? {})
}

type Def = {
  readonly shape?: Readonly<Record<string, unknown>>
  readonly element?: unknown
  readonly innerType?: unknown
  readonly options?: readonly unknown[]
}

const defOf = (schema: unknown): Def => (schema as { _zod: { def: Def } })._zod.def

const unwrap = (schema: unknown): unknown => {
  const { innerType } = defOf(schema)
  return innerType === undefined ? schema : unwrap(innerType)
}

const stepInto = (schema: unknown, part: PropertyKey, kind: unknown): unknown => {
  const { shape, element } = defOf(schema)
  const inner = unwrap(typeof part === 'number' ? element : shape?.[String(part)])
  const { options } = defOf(inner)
  const objects = options?.filter(option => defOf(option).shape !== undefined)
  return objects?.find(option => literalOf(defOf(option).shape?.['kind']) === kind) ?? inner
}

const literalOf = (schema: unknown): unknown =>
  schema === undefined ? undefined : (defOf(schema) as { values?: readonly unknown[] }).values?.[0]

/** Where the deepest part of a path that the file holds begins; the key itself where the last part is one. */
const offsetOf = (document: Document, path: readonly PropertyKey[]): number => {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true) ?? document.contents
    const key = path[depth - 1]
    const pair = (
      parent as { items?: { key?: { value?: unknown; range?: number[] } }[] } | null
    )?.items?.find(item => item?.key?.value === key)
    const range =
      pair?.key?.range ??
      (document.getIn(path.slice(0, depth), true) as { range?: number[] } | undefined)?.range
    if (range?.[0] !== undefined) return range[0]
  }
  return document.contents?.range?.[0] ?? 0
}

const firstLine = (message: string): string =>
  lowerFirst((message.split('\n')[0] ?? message).replace(/( at line \d+, column \d+)?:$/, ''))

const lowerFirst = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1)
