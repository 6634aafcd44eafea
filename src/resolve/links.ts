import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import { type Catalog, type ClassDefinition, definitionsOf } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { type Condition, isConditionTrue } from '../model/condition.ts'
import type { Membership } from '../model/grammar.ts'

/** One class naming another in a definition. */
export type Link = {
  readonly from: ClassName
  readonly to: ClassName
  readonly kind: 'requires' | 'after' | 'conflicts'
  readonly origin: Origin
  readonly condition?: string
}

/** What the definitions of one class ask for, in the order it is read. */
export type Links = {
  readonly requires: readonly Link[]
  /** `requires` whose condition does not hold. */
  readonly unheld: readonly Link[]
  readonly after: readonly Link[]
  readonly conflicts: readonly Link[]
}

/** What links are read with: who is implicit, and what a condition of `requires` sees. */
export type LinkContext = {
  readonly catalog: Catalog
  readonly isImplicit: (name: ClassName) => boolean
  readonly sees: (name: ClassName) => boolean
}

type Strings = 'requires' | 'after' | 'conflicts'

/** Reads the definitions of one class; those of implicit classes are left aside. Pure. */
export const linksOf = (from: ClassName, { catalog, isImplicit, sees }: LinkContext): Links => {
  if (isImplicit(from)) return { requires: [], unheld: [], after: [], conflicts: [] }
  const definitions = definitionsOf(catalog, from)
  const held = (condition: Condition | undefined): boolean =>
    condition === undefined || isConditionTrue(condition, sees)
  const links = (kind: Strings, wanted: (membership: Membership) => boolean): Link[] =>
    orderAcross(definitions, kind)
      .filter(wanted)
      .flatMap(({ tokens, origin, conditionText }) =>
        tokens.flatMap(({ name }): Link[] =>
          isImplicit(name)
            ? []
            : [
                {
                  from,
                  to: name,
                  kind,
                  origin,
                  ...(conditionText === undefined ? {} : { condition: conditionText }),
                },
              ],
        ),
      )
  return {
    requires: links('requires', ({ condition }) => held(condition)),
    unheld: links('requires', ({ condition }) => !held(condition)),
    after: links('after', () => true),
    conflicts: links('conflicts', () => true),
  }
}

/** Warnings for implicit classes named by, or defining, anything. */
export const implicitWarnings = (
  from: ClassName,
  { catalog, isImplicit }: LinkContext,
): readonly Diagnostic[] => {
  const definitions = definitionsOf(catalog, from)
  const kinds: readonly Strings[] = ['requires', 'after', 'conflicts']
  return kinds.flatMap(kind =>
    orderAcross(definitions, kind).flatMap(({ tokens, origin }) => {
      if (isImplicit(from)) {
        return [
          warningAt('implicit-class', `${kind} of ${from}, which is in every list, is left aside`, origin),
        ]
      }
      return tokens
        .filter(({ name }) => isImplicit(name))
        .map(({ name }) =>
          warningAt(
            'implicit-class',
            `${kind}=${name} of ${from} has no effect: ${name} is in every list`,
            origin,
          ),
        )
    }),
  )
}

/** Strings of all definitions: by weight, then by source; within one source they are in order already. */
const orderAcross = (definitions: readonly ClassDefinition[], kind: Strings): readonly Membership[] =>
  definitions.flatMap(definition => definition[kind]).sort((a, b) => a.weight - b.weight)
