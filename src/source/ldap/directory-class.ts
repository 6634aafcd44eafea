import { errorAt } from '../../diagnostic/diagnostic.ts'
import type { ClassDefinition } from '../../model/catalog.ts'
import type { ClassName } from '../../model/class-name.ts'
import { and, type Directory, equal, type Filter, inBatches, or } from './directory.ts'
import { findTooLarge, readStrings, readVariables } from './directory-place.ts'
import { compareDns } from './dn.ts'
import { foldValue } from './dn-value.ts'
import { type Entry, hasObjectClass, textsOf } from './entry.ts'

/** The definitions of these classes, in the order of their DNs. */
export const readClassEntries = async (
  directory: Directory,
  names: readonly ClassName[],
  signal: AbortSignal,
): Promise<readonly ClassDefinition[]> => {
  const wanted = new Map(names.map(name => [foldValue(name), name]))
  const filters = inBatches([...wanted.values()], batch =>
    and(IS_CLASS, or(...batch.map(name => equal('cn', name)))),
  )
  const found = await Promise.all(filters.map(filter => directory.find(filter, CLASS_ATTRIBUTES, signal)))
  const byDn = new Map(found.flat().map(entry => [entry.dn.normal, entry]))
  return [...byDn.values()]
    .filter(definesClass)
    .sort((a, b) => compareDns(a.dn, b.dn))
    .flatMap(entry => {
      const cn = textsOf(entry, 'cn').find(text => wanted.has(foldValue(text)))
      return cn === undefined ? [] : [definitionOf(entry, cn)]
    })
}

/** Every definition, in the order of the DNs; one of several `cn` stands under each of them. */
export const readAllClassEntries = async (
  directory: Directory,
  signal: AbortSignal,
): Promise<readonly ClassDefinition[]> => {
  const found = await directory.find(IS_CLASS, CLASS_ATTRIBUTES, signal)
  return [...found]
    .sort((a, b) => compareDns(a.dn, b.dn))
    .flatMap(entry => textsOf(entry, 'cn').map(cn => definitionOf(entry, cn)))
}

/** Whether an entry is a definition. Pure. */
export const definesClass = (entry: Entry): boolean => hasObjectClass(entry, CLASS_ENTRY)

/** Whether any class is defined. */
export const hasClassEntries = (directory: Directory, signal: AbortSignal): Promise<boolean> =>
  directory.hasAny(IS_CLASS, signal)

/** A `faiClassEntry` as the definition of the class that its `cn` names (contract, section 2.2). Pure. */
export const definitionOf = (entry: Entry, name: string): ClassDefinition => {
  const requires = readStrings(entry, 'faiRequires', 'requires')
  const after = readStrings(entry, 'faiAfter', 'after')
  const conflicts = readStrings(entry, 'faiConflicts', 'conflicts')
  const variables = readVariables(entry)
  const [description] = textsOf(entry, 'description')
  const names = textsOf(entry, 'cn')
  const several =
    names.length === 1
      ? []
      : [errorAt('syntax', `a class entry has exactly one cn (found ${names.join(', ')})`, entry.origin)]
  return {
    name,
    requires: requires.value,
    after: after.value,
    conflicts: conflicts.value,
    variables: variables.value,
    ...(description === undefined ? {} : { description }),
    origin: entry.origin,
    diagnostics: [
      ...several,
      ...[requires, after, conflicts, variables].flatMap(({ diagnostics }) => diagnostics),
      ...findTooLarge(entry),
    ],
  }
}

const CLASS_ENTRY: ReadonlySet<string> = new Set(['faiclassentry'])
const IS_CLASS: Filter = equal('objectClass', 'faiClassEntry')
/** What has to be read of a definition. */
export const CLASS_ATTRIBUTES = [
  'objectClass',
  'cn',
  'faiRequires',
  'faiAfter',
  'faiConflicts',
  'faiVariableSetting',
  'description',
] as const
