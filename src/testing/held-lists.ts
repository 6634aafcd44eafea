import type { ClassListOf, ClassLists, ListChange } from '../model/class-lists.ts'
import { type ClassName, DEFAULT, LAST } from '../model/class-name.ts'

/** Class lists of a test, which changes them as an engine would. */
export type HeldLists = Pick<ClassLists, 'all' | 'find' | 'onChanges'> & {
  /** Swaps in lists by full name; undefined for a host that goes. Gives whether anybody was told of a change. */
  readonly swap: (lists: Readonly<Record<string, readonly string[] | undefined>>) => void
}

/** Lists that are there at the start. */
export const heldLists = (first: Readonly<Record<string, readonly string[]>>): HeldLists => {
  const held = new Map<string, ClassListOf>()
  const listeners = new Set<Parameters<ClassLists['onChanges']>[0]>()
  const put = (name: string, classes: readonly string[] | undefined): ListChange => {
    const host = { short: name.replace(/\..*$/, ''), fqdn: name }
    const before = held.get(name)?.classes
    const after = classes as readonly ClassName[] | undefined
    if (after === undefined) held.delete(name)
    else held.set(name, { host, name, classes: after, sinceMs: 0, faults: [] })
    return { host, name, before, after }
  }
  for (const [name, classes] of Object.entries(first)) put(name, classes)
  return {
    all: () => held.values(),
    find: name => held.get(name),
    onChanges: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    swap: lists => {
      const changes = Object.entries(lists).map(([name, classes]) => put(name, classes))
      const cause = { source: 'test', origins: [], atMs: 0 }
      for (const listener of listeners) listener({ cause, changes })
    },
  }
}

/** The list of a host: what it asks for between the implicit classes. */
export const listOf = (short: string, ...classes: readonly string[]): readonly string[] => [
  DEFAULT,
  ...classes,
  short,
  LAST,
]
