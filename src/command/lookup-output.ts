import { hasErrors } from '../diagnostic/diagnostic.ts'
import { formatOrigin } from '../diagnostic/format.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Because, NotTaken, Reason } from '../resolve/reasons.ts'
import { type ResolvedHost, withoutImplicit } from '../resolve/resolve-host.ts'
import type { ResolvedVariables } from '../resolve/variables.ts'
import type { SourceState } from '../source/source.ts'
import type { LookupAnswer } from './look-up.ts'

/** How a list is printed. */
export const FORMATS = ['lines', 'words', 'json', 'shell'] as const

/** One of them. */
export type LookupFormat = (typeof FORMATS)[number]

/** The object of `lookup --format json` (contract, section 4; shape in `schema/lookup.schema.json`). */
export const lookupObject = (
  { host, resolved, sources, diagnostics }: LookupAnswer,
  asked: string,
  implicit: boolean,
): object => ({
  host: host?.short ?? asked,
  fqdn: host?.fqdn ?? host?.short ?? asked,
  ...(resolved === undefined || hasErrors(diagnostics) ? {} : whole(resolved, implicit)),
  sources,
  diagnostics,
})

const whole = (resolved: ResolvedHost, implicit: boolean): object => {
  const classes = listOf(resolved, implicit)
  const shown = new Set(classes)
  const { because, notTaken } = resolved.explain()
  return {
    classes,
    because: because.filter(entry => shown.has(entry.class)),
    notTaken,
    variables: resolved.variables,
  }
}

/** The list as it was asked for: whole, or without implicit classes and facts. */
export const listOf = (resolved: ResolvedHost, implicit: boolean): readonly ClassName[] =>
  implicit ? resolved.classes : withoutImplicit(resolved)

/** The text of the formats for programs other than JSON. */
export const renderList = (
  resolved: ResolvedHost,
  format: Exclude<LookupFormat, 'json'>,
  implicit: boolean,
): readonly string[] => {
  switch (format) {
    case 'lines':
      return listOf(resolved, implicit)
    case 'words':
      return [listOf(resolved, implicit).join(' ')]
    case 'shell':
      return renderShell(resolved.variables)
  }
}

/** Variables as `NAME='value'` lines that any POSIX shell reads back unchanged. */
export const renderShell = (variables: ResolvedVariables): readonly string[] =>
  Object.entries(variables).map(([name, { value }]) => `${name}='${value.replaceAll("'", `'\\''`)}'`)

/** The explanation for people: each class with its reasons, what did not get in, variables, sources. */
export const explain = (
  { host, sources }: Pick<LookupAnswer, 'host' | 'sources'>,
  resolved: ResolvedHost,
  implicit: boolean,
): readonly string[] => {
  const shown = new Set(listOf(resolved, implicit))
  const { because, notTaken } = resolved.explain()
  const width = Math.max(...[...shown].map(name => name.length), 0)
  return [
    `${host?.fqdn ?? host?.short}: ${shown.size} classes, lowest priority first`,
    ...because.filter(entry => shown.has(entry.class)).flatMap(entry => explainClass(entry, width)),
    ...section('asked for and not taken:', notTaken.map(explainRefusal)),
    ...section('variables:', explainVariables(resolved.variables)),
    ...section('sources:', sources.map(explainSource)),
  ]
}

const explainClass = ({ class: name, by }: Because, width: number): string[] => {
  const [deciding, ...others] = by.map(explainReason)
  const indent = ' '.repeat(width)
  return [`  ${name.padEnd(width)}  ${deciding}`, ...others.map(reason => `  ${indent}  also ${reason}`)]
}

const explainReason = (reason: Reason): string => {
  switch (reason.kind) {
    case 'implicit':
      return 'in every list'
    case 'fact':
      return 'reported by the machine (--fact)'
    case 'caller':
      return 'added by the caller (--add)'
    case 'seed':
      return `asked for at ${formatOrigin(reason.origin)}`
    case 'requires': {
      const condition = reason.condition === undefined ? '' : ` where [${reason.condition}]`
      return `required by ${reason.class}${condition} at ${formatOrigin(reason.origin)}`
    }
  }
}

const explainRefusal = (refusal: NotTaken): string => {
  const by = refusal.by === undefined ? 'asked for' : `required by ${refusal.by}`
  const asked = `${refusal.class}  ${by} at ${formatOrigin(refusal.origin)}`
  switch (refusal.reason) {
    case 'removed':
      return `${asked}, taken away at ${formatOrigin(refusal.removedAt)}`
    case 'condition':
      return `${asked}, where [${refusal.condition}] does not hold`
  }
}

const explainVariables = (variables: ResolvedVariables): readonly string[] =>
  Object.entries(variables).map(
    ([name, { value, class: decidedBy, origin }]) =>
      `${name}=${value}  set ${decidedBy === undefined ? '' : `by ${decidedBy} `}at ${formatOrigin(origin)}`,
  )

const explainSource = ({ name, state, serial }: SourceState): string =>
  `${name}  ${state}${serial === undefined ? '' : `, serial ${serial}`}`

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map(line => `  ${line}`)]
