import { type ClassDefinition, definitionsOf } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { type Assignment, implicitClasses, type Knowledge } from './assignment.ts'
import { listOctets, MAX_CLASSES, MAX_LIST_OCTETS, MAX_SEEDS } from './bounds.ts'
import { type PlainClass, type PlainClasses, plainClass, plainClassesOf } from './plain.ts'
import { unknownIn } from './unknown.ts'

/** A list, and whether classes of it set variables. */
export type PlainList = { readonly classes: readonly ClassName[]; readonly hasVariables: boolean }

/**
 * The list of a host that asks for plain classes only and has no finding but those of variables, as most have;
 * undefined for any other. It is what the long way gives, in a small part of the time, because nothing but the order
 * is left to do: a test holds both side by side. Pure.
 */
export const listPlain = (assignment: Assignment, knowledge: Knowledge): PlainList | undefined => {
  const plain = plainClassesOf(knowledge.catalog)
  const roots = plainRoots(assignment, plain)
  if (roots === undefined) return undefined
  const { below, above } = implicitClasses(assignment)
  const classes = [...below]
  plain.lists++
  take(roots, classes, plain)
  const isTooLarge = classes.length > MAX_CLASSES
  classes.push(...above)
  const implicit = [...below, ...above].flatMap(name => definitionsOf(knowledge.catalog, name))
  const isUnknown = (): boolean => unknownIn(classes, assignment, knowledge).length > 0
  const isFinding =
    isTooLarge ||
    listOctets(classes) > MAX_LIST_OCTETS ||
    implicit.some(saysMore) ||
    (roots.some(({ bringsUndefined }) => bringsUndefined) && isUnknown())
  if (isFinding) return undefined
  const hasVariables =
    roots.some(({ bringsVariables }) => bringsVariables) ||
    implicit.some(({ variables }) => variables.length > 0)
  return { classes, hasVariables }
}

/** Adds the classes to the list, each after all that it requires, and each that is not taken yet. */
const take = (classes: readonly PlainClass[], list: ClassName[], plain: PlainClasses): void => {
  const { takenBy, lists } = plain
  for (const { number, name, requires } of classes) {
    if (takenBy[number] === lists) continue
    takenBy[number] = lists
    take(requires, list, plain)
    list.push(name)
  }
}

/** The classes that memberships name, in their order; undefined where anything else is said of the host. */
const plainRoots = (
  { host, records, facts, added }: Assignment,
  plain: PlainClasses,
): readonly PlainClass[] | undefined => {
  const roots: PlainClass[] = []
  for (const { record } of records) {
    for (const { memberships } of record.places) {
      for (const { condition, tokens } of memberships) {
        for (const { name, remove } of tokens) {
          const root = plainClass(name, plain)
          if (root === undefined || remove || condition !== undefined) return undefined
          roots.push(root)
        }
      }
    }
  }
  // A class that bears the name of the host may be implicit.
  const isHostNamed = plain.known.has(host.short as ClassName) || plain.known.has(host.fqdn as ClassName)
  const isMore = facts.length > 0 || added.length > 0 || roots.length > MAX_SEEDS
  return isHostNamed || isMore ? undefined : roots
}

/** Whether a definition of an implicit class says anything of other classes, or is faulty. */
const saysMore = ({ requires, after, conflicts, diagnostics }: ClassDefinition): boolean =>
  requires.length + after.length + conflicts.length + diagnostics.length > 0
