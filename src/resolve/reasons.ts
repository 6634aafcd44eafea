import type { Origin } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import { type Assignment, CALLER_ORIGIN, FACT_ORIGIN, implicitClasses } from './assignment.ts'
import type { Closure } from './closure.ts'
import type { Link } from './links.ts'
import type { Refusal, Seeds } from './seeds.ts'

/** One reason why a class is in the list. */
export type Reason =
  | { readonly kind: 'implicit' | 'fact' | 'caller'; readonly origin: Origin }
  | { readonly kind: 'seed'; readonly origin: Origin }
  | {
      readonly kind: 'requires'
      readonly class: ClassName
      readonly origin: Origin
      readonly condition?: string
    }

/** Every reason for one class, the deciding one first. */
export type Because = { readonly class: ClassName; readonly by: readonly Reason[] }

/** A class that was asked for and is not in the list. */
export type NotTaken = Refusal & { readonly by?: ClassName }

/** Of a class that the machine reports. */
const FACT: Reason = { kind: 'fact', origin: FACT_ORIGIN }
/** Of a class that the caller adds. */
const CALLER: Reason = { kind: 'caller', origin: CALLER_ORIGIN }
/** Of a class that is in every list. */
const IMPLICIT: Reason = { kind: 'implicit', origin: { kind: 'option', option: 'resolution' } }

/** Why a list is as it is. */
export type Explanation = {
  /** Of each class of the list, in its order. */
  readonly because: readonly Because[]
  readonly notTaken: readonly NotTaken[]
}

/** All that says why a list is as it is; `list` may hold implicit classes. */
export type ListBasis = {
  readonly list: readonly ClassName[]
  readonly assignment: Assignment
  readonly seeds: Seeds
  readonly closure: Closure
}

/**
 * Says for each class of the list what put it there, and what was asked for and is not in it. Pure. A direct reason
 * decides before a dependency, because the set is made of the direct ones first:
 * fact, seed, added by the caller, then the classes that require it in list order.
 */
export const explainList = (basis: ListBasis): Explanation => {
  const direct = directReasons(basis)
  const required = new Map<ClassName, Reason[]>()
  for (const link of requirements(basis)) {
    const reasons = required.get(link.to)
    if (reasons === undefined) required.set(link.to, [reasonOf(link)])
    else reasons.push(reasonOf(link))
  }
  const because = basis.list.map(name => ({
    class: name,
    by: [...(direct.get(name) ?? []), ...(required.get(name) ?? [])],
  }))
  return { because, notTaken: refusalsOf(basis) }
}

/** The first of all reasons of each class alone: for findings, which need no more, where classes have many. Pure. */
export const decidingReasons = (basis: ListBasis): ReadonlyMap<ClassName, Reason> => {
  const deciding = new Map<ClassName, Reason>()
  for (const [name, [first]] of directReasons(basis)) if (first !== undefined) deciding.set(name, first)
  for (const link of requirements(basis)) if (!deciding.has(link.to)) deciding.set(link.to, reasonOf(link))
  return deciding
}

/** Every requirement of the list that holds, in list order. Pure. */
export function* requirements({
  list,
  closure: { links },
}: Pick<ListBasis, 'list' | 'closure'>): Generator<Link> {
  for (const name of list) yield* links.get(name)?.requires ?? []
}

const reasonOf = ({ from, origin, condition }: Link): Reason => ({
  kind: 'requires',
  class: from,
  origin,
  ...(condition === undefined ? {} : { condition }),
})

/** What put classes there that nobody requires. An implicit class has no other reason. */
const directReasons = ({ assignment, seeds: { seeds } }: ListBasis): ReadonlyMap<ClassName, Reason[]> => {
  const { below, above } = implicitClasses(assignment)
  const direct = new Map<ClassName, Reason[]>()
  const add = (name: ClassName, reason: Reason): void => {
    const reasons = direct.get(name)
    if (reasons === undefined) direct.set(name, [reason])
    else reasons.push(reason)
  }
  for (const name of [...below, ...above]) add(name, IMPLICIT)
  for (const name of assignment.facts) add(name, FACT)
  for (const { name, origins } of seeds) for (const origin of origins) add(name, { kind: 'seed', origin })
  for (const name of assignment.added) add(name, CALLER)
  return direct
}

/** Classes asked for that did not get in: taken away, or their condition is false. */
const refusalsOf = ({ list, seeds: { refusals }, closure: { links } }: ListBasis): readonly NotTaken[] => {
  const dependencies = [...links.values()].flatMap(({ unheld }) =>
    unheld.map(
      ({ from, to, origin, condition = '' }): NotTaken => ({
        class: to,
        reason: 'condition',
        origin,
        condition,
        by: from,
      }),
    ),
  )
  const present = new Set(list)
  return [...refusals, ...dependencies].filter(refusal => !present.has(refusal.class))
}
