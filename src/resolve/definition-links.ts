import type { Catalog } from '../model/catalog.ts'
import { type ClassName, DEFAULT, foldClassName, LAST, parseClassName } from '../model/class-name.ts'
import { type Link, type LinkMap, type Links, linksOf } from './links.ts'

/** What all definitions of a catalog say to each other, whoever reads them; classes in the order of their names. */
export type DefinitionLinks = LinkMap

const isImplicit = (name: ClassName): boolean => name === DEFAULT || name === LAST

/**
 * The links of every class that is defined or named in a definition: `requires` are those
 * without a condition, `unheld` those with one. Each class has one spelling, the first in
 * which a definition names it, else that of its own definition. Pure.
 */
export const definitionLinks = (catalog: Catalog): DefinitionLinks => {
  const spelled = spellings(catalog)
  const spell = (name: ClassName): ClassName => spelled.get(foldClassName(name)) ?? name
  const links = new Map<ClassName, Links>()
  for (const name of [...spelled.values()].sort()) {
    const read = linksOf(name, catalog, { isImplicit, sees: () => false })
    const respelled = (found: readonly Link[]): readonly Link[] =>
      found.map(link => ({ ...link, to: spell(link.to) }))
    const requires = respelled([...read.requires, ...read.unheld])
    links.set(name, {
      requires: requires.filter(({ condition }) => condition === undefined),
      unheld: requires.filter(({ condition }) => condition !== undefined),
      after: respelled(read.after),
      conflicts: respelled(read.conflicts),
    })
  }
  return links
}

/** One spelling of every class, by its folded name. */
const spellings = (catalog: Catalog): ReadonlyMap<string, ClassName> => {
  const spelled = new Map<string, ClassName>()
  const note = (name: ClassName): void => {
    const folded = foldClassName(name)
    if (!isImplicit(name) && !spelled.has(folded)) spelled.set(folded, name)
  }
  const definitions = [...catalog.values()].flat()
  for (const { requires, after, conflicts } of definitions)
    for (const { tokens } of [...requires, ...after, ...conflicts]) for (const { name } of tokens) note(name)
  for (const { name } of definitions) {
    const own = parseClassName(name)
    if (own !== undefined) note(own)
  }
  return spelled
}
