import { type Diagnostic, errorAt, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import { isConditionTrue } from '../model/condition.ts'
import type { Membership } from '../model/grammar.ts'
import { type Assignment, isImplicit } from './assignment.ts'
import { MAX_SEEDS } from './bounds.ts'

/** A class that a membership asked for, with every string that did, the first one first. */
export type Seed = { readonly name: ClassName; readonly origins: readonly Origin[] }

/** A class that was asked for and is no seed: who asked, and what stood against it. */
export type Refusal =
  | {
      readonly class: ClassName
      readonly reason: 'removed'
      readonly origin: Origin
      readonly removedAt: Origin
    }
  | {
      readonly class: ClassName
      readonly reason: 'condition'
      readonly origin: Origin
      readonly condition: string
    }

/** Outcome of steps 1 and 2 of the resolution. */
export type Seeds = {
  readonly seeds: readonly Seed[]
  readonly refusals: readonly Refusal[]
  /** Every spelling that a counting membership uses, removals too. */
  readonly spellings: readonly { readonly name: ClassName; readonly origin: Origin }[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Steps 1 and 2 (contract, section 3): reads the strings of all places in order,
 * takes away what `-X` takes away, drops repeats. Pure.
 *
 * A condition sees the facts and what the unconditional strings leave over.
 */
export const collectSeeds = (assignment: Assignment): Seeds => {
  const strings = assignment.records.flatMap(({ record }) =>
    record.places.flatMap(({ memberships }) => memberships),
  )
  const facts = new Set(assignment.facts)
  const unconditional = walk(strings.filter(({ condition }) => condition === undefined))
  const holds = ({ condition }: Membership): boolean =>
    condition === undefined ||
    isConditionTrue(
      condition,
      name => facts.has(name) || (unconditional.left.has(name) && !isImplicit(assignment, name)),
    )

  const byOutcome = Map.groupBy(strings, holds)
  const counting = byOutcome.get(true) ?? []
  const refused = byOutcome.get(false) ?? []
  const walked = walk(counting)
  const spellings = counting.flatMap(({ tokens, origin }) => tokens.map(({ name }) => ({ name, origin })))
  const seeds = [...walked.left]
    .filter(([name]) => !isImplicit(assignment, name))
    .map(([name, origins]) => ({ name, origins }))
  return {
    seeds,
    refusals: [...walked.removed, ...refused.flatMap(refusedByCondition)],
    spellings,
    diagnostics: [...counting.flatMap(string => warnings(assignment, string)), ...tooManySeeds(seeds)],
  }
}

type Walked = { left: Map<ClassName, Origin[]>; removed: Refusal[] }

/** A Map keeps the place of a key that was set first, and loses it when the key is deleted: just what `-X` asks for. */
const walk = (strings: readonly Membership[]): Walked => {
  const left = new Map<ClassName, Origin[]>()
  const removed: Refusal[] = []
  for (const { tokens, origin } of strings) {
    for (const { name, remove } of tokens) {
      const origins = left.get(name)
      if (!remove) {
        if (origins === undefined) left.set(name, [origin])
        else if (origins.at(-1) !== origin) origins.push(origin)
      } else if (origins !== undefined) {
        left.delete(name)
        for (const asked of origins)
          removed.push({ class: name, reason: 'removed', origin: asked, removedAt: origin })
      }
    }
  }
  return { left, removed }
}

const refusedByCondition = ({ tokens, origin, conditionText = '' }: Membership): Refusal[] => {
  const names = new Set(tokens.flatMap(({ name, remove }) => (remove ? [] : [name])))
  return [...names].map(name => ({ class: name, reason: 'condition', origin, condition: conditionText }))
}

const warnings = (assignment: Assignment, { tokens, origin }: Membership): Diagnostic[] =>
  tokens.flatMap(({ name, remove }) => {
    if (isImplicit(assignment, name)) {
      return [
        warningAt('implicit-class', `${name} is in every list; a membership of it has no effect`, origin),
      ]
    }
    if (!remove) return []
    if (assignment.facts.includes(name)) {
      return [warningAt('cannot-remove', `-${name} cannot take away a fact of the machine`, origin)]
    }
    if (assignment.added.includes(name)) {
      return [warningAt('cannot-remove', `-${name} cannot take away a class added by the caller`, origin)]
    }
    return []
  })

const tooManySeeds = (seeds: readonly Seed[]): Diagnostic[] => {
  const surplus = seeds[MAX_SEEDS]
  if (surplus === undefined) return []
  const message = `more than ${MAX_SEEDS} classes are asked for (found ${seeds.length})`
  return [errorAt('too-many-seeds', message, surplus.origins[0] as Origin)]
}
