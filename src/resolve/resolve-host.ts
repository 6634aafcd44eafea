import {
  type Diagnostic,
  errorAt,
  hasErrors,
  type Origin,
  type Outcome,
  warningAt,
} from '../diagnostic/diagnostic.ts'
import { definitionsOf } from '../model/catalog.ts'
import { type ClassName, foldClassName } from '../model/class-name.ts'
import { type Assignment, implicitClasses, type Knowledge, withoutImplicitGiven } from './assignment.ts'
import { MAX_CLASSES, MAX_DEPENDENCY_DEPTH, MAX_LIST_OCTETS } from './bounds.ts'
import { type Closure, closeUnderRequires, linkContext } from './closure.ts'
import { findConflicts, hasConflicts } from './conflicts.ts'
import { findCycles } from './cycles.ts'
import { implicitWarnings } from './links.ts'
import { dependencyDepth, orderClasses } from './order.ts'
import { type Because, type NotTaken, reasonsFor, refusalsOf } from './reasons.ts'
import { type PlainList, resolvePlain } from './resolve-plain.ts'
import { collectSeeds, type Seeds } from './seeds.ts'
import { findSpellings } from './spelling.ts'
import { findUnknown } from './unknown.ts'
import { mergeVariables, type ResolvedVariables } from './variables.ts'

/** A host's class list, lowest priority first, and the reason for every class. */
export type ResolvedHost = {
  readonly classes: readonly ClassName[]
  readonly because: readonly Because[]
  readonly notTaken: readonly NotTaken[]
  readonly variables: ResolvedVariables
}

/**
 * Expands what was asked for into the whole class list (contract, section 3).
 *
 * Pure: same assignment and definitions, same list, byte for byte; no clock, no
 * network. All findings are reported, not only the first, and with an error
 * there is no list.
 */
export const resolveHost = (asked: Assignment, knowledge: Knowledge): Outcome<ResolvedHost> => {
  const { assignment, diagnostics: given } = withoutImplicitGiven(asked)
  const seeds = collectSeeds(assignment)
  const plain = resolvePlain(assignment, seeds, knowledge.catalog)
  return plain === undefined
    ? resolveAny(assignment, seeds, given, knowledge)
    : completePlain(plain, assignment, seeds, given, knowledge)
}

/** The same without the short way for plain classes, for the test that holds both side by side. Pure. */
export const resolveLongWay = (asked: Assignment, knowledge: Knowledge): Outcome<ResolvedHost> => {
  const { assignment, diagnostics: given } = withoutImplicitGiven(asked)
  return resolveAny(assignment, collectSeeds(assignment), given, knowledge)
}

const completePlain = (
  { list, because, withVariables, hasUndefined }: PlainList,
  assignment: Assignment,
  seeds: Seeds,
  given: readonly Diagnostic[],
  knowledge: Knowledge,
): Outcome<ResolvedHost> => {
  const { catalog } = knowledge
  const { below, above } = implicitClasses(assignment)
  const implicit = [...below, ...above]
  const context = linkContext(assignment, seeds, catalog)
  const variables = mergeVariables([...below, ...withVariables, ...above], assignment, knowledge)
  const diagnostics: Diagnostic[] = [
    ...given,
    ...seeds.diagnostics,
    ...implicit.flatMap(name => definitionsOf(catalog, name).flatMap(definition => definition.diagnostics)),
    ...implicit.flatMap(name => implicitWarnings(name, context)),
    ...findTooLong(list, because),
    ...findReturned(seeds, because),
    ...(hasUndefined ? findUnknown(assignment, knowledge, because) : []),
    ...variables.diagnostics,
  ]
  if (hasErrors(diagnostics) || variables.value === undefined) return { value: undefined, diagnostics }
  const notTaken = refusalsOf(list, seeds, { links: new Map() })
  return { value: { classes: list, because, notTaken, variables: variables.value }, diagnostics }
}

const resolveAny = (
  assignment: Assignment,
  seeds: Seeds,
  given: readonly Diagnostic[],
  knowledge: Knowledge,
): Outcome<ResolvedHost> => {
  const { catalog } = knowledge
  const closure = closeUnderRequires(assignment, seeds, catalog)
  const present = [...closure.links.keys()]
  const { below, above } = implicitClasses(assignment)
  const context = linkContext(assignment, seeds, catalog)
  const read = [...below, ...present, ...above]
  const diagnostics: Diagnostic[] = [
    ...given,
    ...seeds.diagnostics,
    ...read.flatMap(name => definitionsOf(catalog, name).flatMap(definition => definition.diagnostics)),
    ...read.flatMap(name => implicitWarnings(name, context)),
    ...findSpellings(assignment, seeds, closure),
    ...findTooMany(closure, seeds),
  ]
  const ordered = orderClasses(closure)
  const depth = dependencyDepth(ordered, closure)
  const cycles = depth === undefined ? findCycles(closure) : []
  diagnostics.push(...cycles)
  if (hasConflicts(closure)) {
    diagnostics.push(...findConflicts(closure, reasonsFor(present, assignment, seeds, closure)))
  }
  if (cycles.length > 0) return { value: undefined, diagnostics }

  const list = [...below, ...ordered, ...above]
  const explained = reasonsFor(list, assignment, seeds, closure)
  const variables = mergeVariables(list, assignment, knowledge)
  diagnostics.push(
    ...findTooDeep(depth ?? 0, explained),
    ...findTooLong(list, explained),
    ...findReturned(seeds, explained),
    ...findUnknown(assignment, knowledge, explained),
    ...variables.diagnostics,
  )
  if (hasErrors(diagnostics) || variables.value === undefined) return { value: undefined, diagnostics }
  const notTaken = refusalsOf(list, seeds, closure)
  return { value: { classes: list, because: explained, notTaken, variables: variables.value }, diagnostics }
}

/** Classes whose definitions the resolver needs and nobody has asked for: none once the catalog is whole. Pure. */
export const classesToRead = (
  asked: Assignment,
  { catalog }: Pick<Knowledge, 'catalog'>,
): readonly ClassName[] => {
  const { assignment } = withoutImplicitGiven(asked)
  const { unread } = closeUnderRequires(assignment, collectSeeds(assignment), catalog)
  const { below, above } = implicitClasses(assignment)
  return [...below, ...unread, ...above].filter(name => !catalog.has(foldClassName(name)))
}

/** The list without implicit classes and facts: what a site that keeps FAI adds to its own list (contract, section 4). Pure. */
export const withoutImplicit = (resolved: ResolvedHost): readonly ClassName[] =>
  resolved.because
    .filter(({ by }) => !by.some(({ kind }) => kind === 'implicit' || kind === 'fact'))
    .map(entry => entry.class)

const findTooMany = ({ links }: Closure, { seeds }: Seeds): Diagnostic[] => {
  if (links.size <= MAX_CLASSES) return []
  const origin: Origin = seeds[0]?.origins[0] ?? { kind: 'option', option: '--add' }
  return [errorAt('too-many-classes', `the list would hold more than ${MAX_CLASSES} classes`, origin)]
}

const findTooDeep = (depth: number, because: readonly Because[]): Diagnostic[] => {
  if (depth <= MAX_DEPENDENCY_DEPTH) return []
  const message = `classes require each other over more than ${MAX_DEPENDENCY_DEPTH} levels (found ${depth})`
  return [errorAt('dependency-too-deep', message, firstRequirement(because))]
}

const firstRequirement = (because: readonly Because[]): Origin =>
  because.flatMap(({ by }) => by).find(({ kind }) => kind === 'requires')?.origin ?? {
    kind: 'option',
    option: '--add',
  }

const findTooLong = (list: readonly ClassName[], because: readonly Because[]): Diagnostic[] => {
  const octets = list.join(' ').length
  if (octets <= MAX_LIST_OCTETS) return []
  const message = `the list is longer than ${MAX_LIST_OCTETS} octets (found ${octets})`
  return [errorAt('class-list-too-long', message, because.at(-3)?.by[0]?.origin ?? firstRequirement(because))]
}

const findReturned = ({ refusals }: Seeds, because: readonly Because[]): Diagnostic[] => {
  if (refusals.length === 0) return []
  const reasons = new Map(because.map(entry => [entry.class, entry.by]))
  const reported = new Set<ClassName>()
  return refusals.flatMap(refusal => {
    const by = reasons.get(refusal.class)
    const direct = by?.some(({ kind }) => kind !== 'requires') ?? true
    const requirer = by?.find(reason => reason.kind === 'requires')
    if (refusal.reason !== 'removed' || direct || requirer === undefined || reported.has(refusal.class))
      return []
    reported.add(refusal.class)
    const message = `${refusal.class} was taken away, but ${requirer.class} requires it`
    return [warningAt('removed-but-required', message, refusal.removedAt, [requirer.origin])]
  })
}
