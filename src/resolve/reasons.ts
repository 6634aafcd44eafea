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
export const FACT: Reason = { kind: 'fact', origin: FACT_ORIGIN }
/** Of a class that the caller adds. */
export const CALLER: Reason = { kind: 'caller', origin: CALLER_ORIGIN }
/** Of a class that is in every list. */
export const IMPLICIT: Reason = { kind: 'implicit', origin: { kind: 'option', option: 'resolution' } }

/**
 * Says for each class of the list what put it there. Pure. A direct reason
 * decides before a dependency, because the set is made of the direct ones first:
 * fact, seed, added by the caller, then the classes that require it in list order.
 */
export const reasonsFor = (
  list: readonly ClassName[],
  assignment: Assignment,
  { seeds }: Seeds,
  closure: Closure,
): readonly Because[] => {
  const { below, above } = implicitClasses(assignment)
  const implicit = new Set([...below, ...above])
  const facts = new Set(assignment.facts)
  const added = new Set(assignment.added)
  const seeded = new Map(seeds.map(({ name, origins }) => [name, origins]))
  const required = requiredBy(list, closure)
  return list.map(name => ({
    class: name,
    by: implicit.has(name)
      ? [IMPLICIT]
      : [
          ...(facts.has(name) ? [FACT] : []),
          ...(seeded.get(name) ?? []).map((origin): Reason => ({ kind: 'seed', origin })),
          ...(added.has(name) ? [CALLER] : []),
          ...(required.get(name) ?? []),
        ],
  }))
}

const requiredBy = (
  list: readonly ClassName[],
  { links }: Closure,
): ReadonlyMap<ClassName, readonly Reason[]> => {
  const required = new Map<ClassName, Reason[]>()
  for (const name of list) {
    for (const { from, to, origin, condition } of links.get(name)?.requires ?? []) {
      const reason: Reason = {
        kind: 'requires',
        class: from,
        origin,
        ...(condition === undefined ? {} : { condition }),
      }
      const reasons = required.get(to)
      if (reasons === undefined) required.set(to, [reason])
      else reasons.push(reason)
    }
  }
  return required
}

/** Classes asked for that did not get in: taken away, or their condition is false. Pure. */
export const refusalsOf = (
  list: readonly ClassName[],
  { refusals }: Seeds,
  { links }: Pick<Closure, 'links'>,
): readonly NotTaken[] => {
  const unheld: Link[] = []
  for (const own of links.values()) unheld.push(...own.unheld)
  if (refusals.length === 0 && unheld.length === 0) return []
  const present = new Set(list)
  const dependencies = unheld.map(
    ({ from, to, origin, condition }): NotTaken => ({
      class: to,
      reason: 'condition',
      origin,
      condition: condition ?? '',
      by: from,
    }),
  )
  return [...refusals, ...dependencies].filter(refusal => !present.has(refusal.class))
}
