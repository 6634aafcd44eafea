import { type Diagnostic, errorAt, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import { definitionsOf } from '../model/catalog.ts'
import { type ClassName, LAST } from '../model/class-name.ts'
import type { VariableSetting } from '../model/variable.ts'
import { type Assignment, hostClassOf, type Knowledge } from './assignment.ts'

/** A variable's value and what decided it: a class, or a place such as a domain or a group. */
export type ResolvedVariable = {
  readonly value: string
  readonly class?: ClassName
  readonly place?: string
  readonly origin: Origin
}

/** Variables by name, names in byte order. */
export type ResolvedVariables = Readonly<Record<string, ResolvedVariable>>

type Layer = {
  readonly class?: ClassName
  readonly place?: string
  readonly settings: readonly VariableSetting[]
}

/**
 * Merges variables, later ones winning (contract, section 2.4): classes in list
 * order without host class and `LAST`; the places in their order and the host
 * class; `LAST`. Two values in one layer are the error `variable-ambiguous`. Pure.
 */
export const mergeVariables = (
  list: readonly ClassName[],
  assignment: Assignment,
  { catalog }: Pick<Knowledge, 'catalog'>,
): Outcome<ResolvedVariables> => {
  const hostClass = hostClassOf(assignment)
  const layers: Layer[] = []
  const addClass = (name: ClassName): void => {
    for (const { variables } of definitionsOf(catalog, name))
      if (variables.length > 0) layers.push({ class: name, settings: variables })
  }
  for (const name of list) if (name !== hostClass && name !== LAST) addClass(name)
  for (const { record } of assignment.records)
    for (const { name, variables } of record.places)
      if (variables.length > 0) layers.push({ place: name, settings: variables })
  if (hostClass !== undefined) addClass(hostClass)
  addClass(LAST)
  if (layers.length === 0) return NO_VARIABLES

  const merged = new Map<string, ResolvedVariable>()
  const diagnostics: Diagnostic[] = []
  for (const { settings, ...decidedBy } of layers) {
    diagnostics.push(...ambiguities(settings))
    for (const { name, value, origin } of settings) merged.set(name, { value, ...decidedBy, origin })
  }
  const sorted = [...merged].sort(([a], [b]) => (a < b ? -1 : 1))
  return { value: Object.fromEntries(sorted), diagnostics }
}

const NO_VARIABLES: Outcome<ResolvedVariables> = { value: {}, diagnostics: [] }

const ambiguities = (settings: readonly VariableSetting[]): Diagnostic[] => {
  const first = new Map<string, VariableSetting>()
  return settings.flatMap(setting => {
    const earlier = first.get(setting.name)
    if (earlier === undefined) first.set(setting.name, setting)
    if (earlier === undefined || earlier.value === setting.value) return []
    const message = `variable ${setting.name} has two values in one place`
    return [errorAt('variable-ambiguous', message, setting.origin, [earlier.origin])]
  })
}
