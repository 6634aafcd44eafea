import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import { type Catalog, type ClassDefinition, definitionsOf } from '../model/catalog.ts'
import { type ClassName, DEFAULT, LAST } from '../model/class-name.ts'
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
  if (isImplicit(from)) return NO_LINKS
  const { links, conditions, names } = readDefinitions(from, catalog)
  // The links of most classes are the same for every host.
  if (conditions.size === 0 && !names.some(isImplicit)) return links
  const held = (link: Link): boolean => {
    const condition = conditions.get(link)
    return condition === undefined || isConditionTrue(condition, sees)
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
  readonly conditions: ReadonlyMap<Link, Condition>
  /** Every class named, each once. */
  readonly names: readonly ClassName[]
}

/** The links of a class where they are the same for every host, and say nothing but what it requires. Pure. */
export const linksForAll = (from: ClassName, catalog: Catalog): Links | undefined => {
  const { links, conditions, names } = readDefinitions(from, catalog)
  const isSimple = conditions.size === 0 && links.after.length === 0 && links.conflicts.length === 0
  return isSimple && !names.some(name => name === DEFAULT || name === LAST) ? links : undefined
}

/** Definitions do not change, so that they are read once for all hosts. */
const alreadyRead = new WeakMap<readonly ClassDefinition[], ReadLinks>()

const readDefinitions = (from: ClassName, catalog: Catalog): ReadLinks => {
  const definitions = definitionsOf(catalog, from)
  const known = alreadyRead.get(definitions)
  if (known?.from === from) return known
  const conditions = new Map<Link, Condition>()
  const linksFor = (kind: Strings): readonly Link[] =>
    orderAcross(definitions, kind).flatMap(({ tokens, origin, condition, conditionText }) =>
      tokens.map(({ name }): Link => {
        const text = conditionText === undefined ? {} : { condition: conditionText }
        const link = { from, to: name, kind, origin, ...text }
        if (condition !== undefined) conditions.set(link, condition)
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
  if (definitions.length > 0) alreadyRead.set(definitions, read)
  return read
}

/** Warnings for implicit classes named by, or defining, anything. */
export const implicitWarnings = (
  from: ClassName,
  { catalog, isImplicit }: LinkContext,
): readonly Diagnostic[] => {
  if (!isImplicit(from) && !readDefinitions(from, catalog).names.some(isImplicit)) return []
  const definitions = definitionsOf(catalog, from)
  if (definitions.length === 0) return []
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
