import {
  type Diagnostic,
  errorAt,
  hasErrors,
  type Origin,
  type Outcome,
  warningAt,
} from '../diagnostic/diagnostic.ts'
import { definitionsOf } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { type Assignment, implicitClasses, type Knowledge, withoutImplicitGiven } from './assignment.ts'
import { listOctets, MAX_CLASSES, MAX_DEPENDENCY_DEPTH, MAX_LIST_OCTETS } from './bounds.ts'
import { type Closure, closeUnderRequires, linkContext } from './closure.ts'
import { findConflicts, hasConflicts } from './conflicts.ts'
import { findCycles } from './cycles.ts'
import { implicitWarnings } from './links.ts'
import { dependencyDepth, orderClasses } from './order.ts'
import { decidingReasons, type Explanation, explainList, type ListBasis, requirements } from './reasons.ts'
import { listPlain } from './resolve-plain.ts'
import { collectSeeds, type Seeds } from './seeds.ts'
import { findSpellings } from './spelling.ts'
import { findUnknown } from './unknown.ts'
import { mergeVariables, type ResolvedVariables } from './variables.ts'

/** A host's class list, lowest priority first. */
export type ResolvedHost = {
  readonly classes: readonly ClassName[]
  readonly variables: ResolvedVariables
  /** Works out the reason for every class; a function, because most commands never ask. */
  readonly explain: () => Explanation
}

/**
 * Expands what was asked for into the whole class list (contract, section 3).
 *
 * Pure: same assignment and definitions, same list, byte for byte; no clock, no
 * network. All findings are reported, not only the first, and with an error
 * there is no list.
 */
export const resolveHost = (assignment: Assignment, knowledge: Knowledge): Outcome<ResolvedHost> => {
  const plain = listPlain(assignment, knowledge)
  if (plain === undefined) return resolveAny(assignment, knowledge)
  const { classes, hasVariables } = plain
  const { value: variables, diagnostics } = mergeVariables(hasVariables ? classes : [], assignment, knowledge)
  if (hasErrors(diagnostics) || variables === undefined) return { value: undefined, diagnostics }
  const explain = (): Explanation => {
    const seeds = collectSeeds(assignment)
    const closure = closeUnderRequires(assignment, seeds, knowledge.catalog)
    return explainList({ list: classes, assignment, seeds, closure })
  }
  return { value: { classes, variables, explain }, diagnostics }
}

/** The same for any host, without the short way for those that ask for plain classes only. Pure. */
export const resolveAny = (asked: Assignment, knowledge: Knowledge): Outcome<ResolvedHost> => {
  const { catalog } = knowledge
  const { assignment, diagnostics: given } = withoutImplicitGiven(asked)
  const seeds = collectSeeds(assignment)
  const closure = closeUnderRequires(assignment, seeds, catalog)
  const present = [...closure.links.keys()]
  const { below, above } = implicitClasses(assignment)
  const context = linkContext(assignment, seeds)
  const read = [...below, ...present, ...above]
  const diagnostics: Diagnostic[] = [
    ...given,
    ...seeds.diagnostics,
    ...read.flatMap(name => definitionsOf(catalog, name).flatMap(definition => definition.diagnostics)),
    ...read.flatMap(name => implicitWarnings(name, catalog, context)),
    ...findSpellings(assignment, seeds, closure.links),
    ...findTooMany(closure, seeds),
  ]
  const ordered = orderClasses(closure)
  const depth = dependencyDepth(ordered, closure.links)
  const cycles = depth === undefined ? findCycles(closure.links) : []
  diagnostics.push(...cycles)
  if (hasConflicts(closure.links)) {
    const deciding = decidingReasons({ list: present, assignment, seeds, closure })
    diagnostics.push(...findConflicts(closure.links, deciding))
  }
  if (cycles.length > 0 || closure.isTooLarge) return { value: undefined, diagnostics }

  const classes = [...below, ...ordered, ...above]
  const basis = { list: classes, assignment, seeds, closure }
  const { value: variables, diagnostics: ambiguities } = mergeVariables(classes, assignment, knowledge)
  diagnostics.push(...findInList(basis, depth ?? 0, knowledge), ...ambiguities)
  if (hasErrors(diagnostics) || variables === undefined) return { value: undefined, diagnostics }
  return { value: { classes, variables, explain: () => explainList(basis) }, diagnostics }
}

/** The list without implicit classes and facts: what a site that keeps FAI adds to its own list (contract, section 4). Pure. */
export const withoutImplicit = (resolved: ResolvedHost): readonly ClassName[] =>
  resolved
    .explain()
    .because.filter(({ by }) => !by.some(({ kind }) => kind === 'implicit' || kind === 'fact'))
    .map(entry => entry.class)

const findTooMany = ({ isTooLarge }: Closure, { seeds }: Seeds): Diagnostic[] => {
  if (!isTooLarge) return []
  const origin: Origin = seeds[0]?.origins[0] ?? { kind: 'option', option: '--add' }
  return [errorAt('too-many-classes', `the list would hold more than ${MAX_CLASSES} classes`, origin)]
}

/** What is found of a list that is whole. */
const findInList = (basis: ListBasis, depth: number, knowledge: Knowledge): readonly Diagnostic[] => [
  ...findTooDeep(depth, basis),
  ...findTooLong(basis),
  ...findReturned(basis),
  ...findUnknown(basis, knowledge),
]

const findTooDeep = (depth: number, basis: ListBasis): Diagnostic[] => {
  if (depth <= MAX_DEPENDENCY_DEPTH) return []
  const message = `classes require each other over more than ${MAX_DEPENDENCY_DEPTH} levels (found ${depth})`
  return [errorAt('dependency-too-deep', message, firstRequirement(basis))]
}

/** Where the first class of the list that others require is required first. */
const firstRequirement = (basis: ListBasis): Origin => {
  const places = new Map<ClassName, Origin>()
  for (const { to, origin } of requirements(basis)) if (!places.has(to)) places.set(to, origin)
  const first = basis.list.find(name => places.has(name))
  return (first === undefined ? undefined : places.get(first)) ?? { kind: 'option', option: '--add' }
}

const findTooLong = (basis: ListBasis): Diagnostic[] => {
  const octets = listOctets(basis.list)
  if (octets <= MAX_LIST_OCTETS) return []
  const message = `the list is longer than ${MAX_LIST_OCTETS} octets (found ${octets})`
  const highest = decidingReasons(basis).get(basis.list.at(-3) as ClassName)
  return [errorAt('class-list-too-long', message, highest?.origin ?? firstRequirement(basis))]
}

const findReturned = (basis: ListBasis): Diagnostic[] => {
  const removed = basis.seeds.refusals.filter(refusal => refusal.reason === 'removed')
  if (removed.length === 0) return []
  const deciding = decidingReasons(basis)
  const reported = new Set<ClassName>()
  return removed.flatMap(refusal => {
    const reason = deciding.get(refusal.class)
    if (reason?.kind !== 'requires' || reported.has(refusal.class)) return []
    reported.add(refusal.class)
    const message = `${refusal.class} was taken away, but ${reason.class} requires it`
    return [warningAt('removed-but-required', message, refusal.removedAt, [reason.origin])]
  })
}
