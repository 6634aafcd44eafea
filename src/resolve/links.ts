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

/** Classes with their links. */
export type LinkMap = ReadonlyMap<ClassName, Links>

/** What links are read with: who is implicit, and what a condition of `requires` sees. */
export type LinkContext = {
  readonly isImplicit: (name: ClassName) => boolean
  readonly sees: (name: ClassName) => boolean
}

type Strings = 'requires' | 'after' | 'conflicts'

/** Reads the definitions of one class; those of implicit classes are left aside. Pure. */
export const linksOf = (from: ClassName, catalog: Catalog, { isImplicit, sees }: LinkContext): Links => {
  if (isImplicit(from)) return NO_LINKS
  const { links, conditions, names } = readDefinitions(from, catalog)
  // The links of most classes are the same for every host.
  if (conditions.size === 0 && !names.some(isImplicit)) return links
  const strings = new Set(conditions.values())
  const holding = new Set([...strings].filter(condition => isConditionTrue(condition, sees)))
  const held = (link: Link): boolean => {
    const condition = conditions.get(link)
    return condition === undefined || holding.has(condition)
  }
  const explicit = (all: readonly Link[]): readonly Link[] => all.filter(({ to }) => !isImplicit(to))
  const requires = explicit(links.requires)
  return {
    requires: requires.filter(held),
    unheld: requires.filter(link => !held(link)),
    after: explicit(links.after),
    conflicts: explicit(links.conflicts),
  }
}

const NO_LINKS: Links = { requires: [], unheld: [], after: [], conflicts: [] }

/** All links of one class, whoever reads them; `requires` holds those with a condition too. */
type ReadLinks = {
  readonly from: ClassName
  readonly links: Links
  /** Those of one string share one. */
  readonly conditions: ReadonlyMap<Link, Condition>
  /** Every class named, each once. */
  readonly names: readonly ClassName[]
}

const NOTHING_READ: Omit<ReadLinks, 'from'> = { links: NO_LINKS, conditions: new Map(), names: [] }

/** Definitions do not change, so that they are read once for all hosts. */
const alreadyRead = new WeakMap<readonly ClassDefinition[], ReadLinks>()

const readDefinitions = (from: ClassName, catalog: Catalog): Omit<ReadLinks, 'from'> => {
  const definitions = definitionsOf(catalog, from)
  if (definitions.length === 0) return NOTHING_READ
  const known = alreadyRead.get(definitions)
  if (known?.from === from) return known
  const conditions = new Map<Link, Condition>()
  const linksFor = (kind: Strings): readonly Link[] =>
    stringsInOrder(definitions, kind).flatMap(({ tokens, origin, condition, conditionText }) =>
      namesOf(tokens).map((to): Link => {
        if (condition === undefined) return { from, to, kind, origin }
        const link = { from, to, kind, origin, condition: conditionText ?? '' }
        conditions.set(link, condition)
        return link
      }),
    )
  const links = {
    requires: linksFor('requires'),
    unheld: [],
    after: linksFor('after'),
    conflicts: linksFor('conflicts'),
  }
  const names = new Set([...links.requires, ...links.after, ...links.conflicts].map(({ to }) => to))
  const read = { from, links, conditions, names: [...names] }
  alreadyRead.set(definitions, read)
  return read
}

/** A string that names a class many times says it once. */
const namesOf = (tokens: Membership['tokens']): readonly ClassName[] =>
  tokens.length === 1 ? tokens.map(({ name }) => name) : [...new Set(tokens.map(({ name }) => name))]

/** Warnings for implicit classes named by, or defining, anything. */
export const implicitWarnings = (
  from: ClassName,
  catalog: Catalog,
  { isImplicit }: LinkContext,
): readonly Diagnostic[] => {
  if (!isImplicit(from) && !readDefinitions(from, catalog).names.some(isImplicit)) return []
  const definitions = definitionsOf(catalog, from)
  if (definitions.length === 0) return []
  const kinds: readonly Strings[] = ['requires', 'after', 'conflicts']
  return kinds.flatMap(kind =>
    stringsInOrder(definitions, kind).flatMap(({ tokens, origin }) => {
      if (isImplicit(from)) {
        return [
          warningAt('implicit-class', `${kind} of ${from}, which is in every list, is left aside`, origin),
        ]
      }
      return namesOf(tokens)
        .filter(isImplicit)
        .map(name =>
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
export const stringsInOrder = (
  definitions: readonly ClassDefinition[],
  kind: Strings,
): readonly Membership[] =>
  definitions.flatMap(definition => definition[kind]).sort((a, b) => a.weight - b.weight)
