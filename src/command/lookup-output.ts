import { hasErrors, type Origin } from '../diagnostic/diagnostic.ts'
import { formatOrigin } from '../diagnostic/format.ts'
import { formatAge } from '../model/age.ts'
import type { ClassName } from '../model/class-name.ts'
import { quote } from '../model/grammar.ts'
import { shellAssignments } from '../model/shell-word.ts'
import type { Because, NotTaken, Reason } from '../resolve/reasons.ts'
import { type ResolvedHost, withoutImplicit } from '../resolve/resolve-host.ts'
import type { ResolvedVariables } from '../resolve/variables.ts'
import type { SourceState } from '../source/source.ts'
import type { LookupAnswer } from './look-up.ts'
import { type SettingRead, type WrittenTexts, writtenTexts } from './written-text.ts'

/** How a list is printed. */
export const FORMATS = ['lines', 'words', 'json', 'shell'] as const

/** One of them. */
export type LookupFormat = (typeof FORMATS)[number]

/** The object of `lookup --format json` (contract, section 4; shape in `schema/lookup.schema.json`). */
export const lookupObject = (
  {
    host,
    resolved,
    sources,
    diagnostics,
  }: Pick<LookupAnswer, 'host' | 'resolved' | 'sources' | 'diagnostics'>,
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
const listOf = (resolved: ResolvedHost, implicit: boolean): readonly ClassName[] =>
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
const renderShell = (variables: ResolvedVariables): readonly string[] =>
  shellAssignments(Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value])))

/** The explanation for people: each class with its reasons, what did not get in, variables, sources. */
export const explain = (
  { host, sources, records, catalog }: Pick<LookupAnswer, 'host' | 'sources' | 'records' | 'catalog'>,
  resolved: ResolvedHost,
  implicit: boolean,
): readonly string[] => {
  const shown = new Set(listOf(resolved, implicit))
  const { because, notTaken } = resolved.explain()
  const texts = writtenTexts({ records, catalog })
  const width = Math.max(...[...shown].map(name => name.length), 0)
  return [
    `${host?.fqdn ?? host?.short}: ${shown.size} classes, lowest priority first`,
    ...because.filter(entry => shown.has(entry.class)).flatMap(entry => explainClass(entry, width, texts)),
    ...section(
      'asked for and not taken:',
      notTaken.map(refusal => explainRefusal(refusal, texts)),
    ),
    ...section('variables:', explainVariables(resolved, texts)),
    ...section('sources:', sources.map(explainSource)),
  ]
}

const explainClass = ({ class: name, by }: Because, width: number, texts: WrittenTexts): string[] => {
  const [deciding, ...others] = by.map(reason => explainReason(reason, texts))
  const indent = ' '.repeat(width)
  return [`  ${name.padEnd(width)}  ${deciding}`, ...others.map(reason => `  ${indent}  also ${reason}`)]
}

const explainReason = (reason: Reason, texts: WrittenTexts): string => {
  switch (reason.kind) {
    case 'implicit':
      return 'in every list'
    case 'fact':
      return 'reported by the machine (--fact)'
    case 'caller':
      return 'added by the caller (--add)'
    case 'seed':
      return `asked for ${writtenAt(reason.origin, texts)}`
    case 'requires': {
      return `required by ${reason.class} ${writtenAt(reason.origin, texts)}`
    }
  }
}

/** The string, where it stands, and why the host reads it. */
const writtenAt = (origin: Origin, { textAt, reachAt }: WrittenTexts): string => {
  const text = textAt(origin)
  return `${text === undefined ? '' : `in ${text} `}at ${formatOrigin(origin)}${reachAt(origin)}`
}

const explainRefusal = (refusal: NotTaken, texts: WrittenTexts): string => {
  const by = refusal.by === undefined ? 'asked for' : `required by ${refusal.by}`
  const asked = `${refusal.class}  ${by} ${writtenAt(refusal.origin, texts)}`
  switch (refusal.reason) {
    case 'removed':
      return `${asked}; taken away ${writtenAt(refusal.removedAt, texts)}`
    case 'condition':
      return `${asked}; [${refusal.condition}] does not hold`
  }
}

const explainVariables = ({ classes, variables }: ResolvedHost, texts: WrittenTexts): readonly string[] =>
  Object.entries(variables).flatMap(([name, deciding]) => {
    const outranked = texts.settingsOf(name, classes).filter(({ value }) => value !== deciding.value)
    return [
      `${name}=${deciding.value}  set ${settingAt(deciding, texts)}`,
      ...outranked.map(setting => `  outranks ${quote(setting.value)} set ${settingAt(setting, texts)}`),
    ]
  })

const settingAt = ({ class: setBy, origin }: SettingRead, { reachAt }: WrittenTexts): string =>
  `${setBy === undefined ? '' : `by ${setBy} `}at ${formatOrigin(origin)}${reachAt(origin)}`

/** For example `dns example.test  stale, serial 2026112201, 3 h old`. */
const explainSource = ({ name, state, serial, ageSeconds }: SourceState): string => {
  const parts = [
    state,
    ...(serial === undefined ? [] : [`serial ${serial}`]),
    ...(ageSeconds === undefined ? [] : [`${formatAge(ageSeconds * 1000)} old`]),
  ]
  return `${name}  ${parts.join(', ')}`
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map(line => `  ${line}`)]
