import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import { classesOfCondition } from '../model/condition.ts'
import type { Membership } from '../model/grammar.ts'
import type { Knowledge, ResolutionOptions } from './assignment.ts'
import { isKnown, nearestKnown } from './nearest-known.ts'

/** Classes that conditions name, over a whole site. */
export type ConditionCollector = {
  /** Notes memberships and `requires`: what they ask for, and what their conditions name. */
  readonly add: (strings: readonly Membership[]) => void
  /**
   * `unknown-class` for a class that only conditions name: neither asked for anywhere, nor known. None
   * where the configuration lists no facts, since any class may then be one. `exempt` are classes of hosts.
   */
  readonly warnings: (
    knowledge: Knowledge,
    options: Pick<ResolutionOptions, 'unknownClass'>,
    exempt: ReadonlySet<string>,
  ) => readonly Diagnostic[]
}

/** Starts a collection. */
export const collectConditions = (): ConditionCollector => {
  const asked = new Set<ClassName>()
  const named = new Map<ClassName, Map<string, Origin>>()
  return {
    add: strings => {
      for (const { tokens, condition, origin } of strings) {
        for (const { name, remove } of tokens) if (!remove) asked.add(name)
        for (const name of condition === undefined ? [] : classesOfCondition(condition)) {
          const places = named.get(name) ?? new Map<string, Origin>()
          named.set(name, places.set(JSON.stringify(origin), origin))
        }
      }
    },
    warnings: (knowledge, { unknownClass }, exempt) => {
      const { facts, anyDefinition } = knowledge
      if (facts === undefined || !anyDefinition || unknownClass === 'allow') return []
      const unknown = [...named].filter(
        ([name]) => !asked.has(name) && !exempt.has(name) && !isKnown(name, knowledge),
      )
      return unknown.flatMap(([name, places]) => {
        const message = `only conditions name the class "${name}", and it is no listed fact${nearestKnown(name, knowledge)}`
        return [...places.values()].map(origin => warningAt('unknown-class', message, origin))
      })
    },
  }
}
