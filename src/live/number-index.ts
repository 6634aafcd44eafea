/** Numbers by key. Most keys have one number, and no set is made for those: there are several keys a host. */
export type NumberIndex<Key> = {
  readonly add: (key: Key, number: number) => void
  readonly remove: (key: Key, number: number) => void
  /** Of all these keys, each once, in no order; none for a key that is not there. */
  readonly numbersOf: (keys: Iterable<Key>) => ReadonlySet<number>
}

/** An index without a key. */
export const numberIndex = <Key>(): NumberIndex<Key> => {
  const numbers = new Map<Key, number | Set<number>>()
  return {
    add: (key, number) => {
      const held = numbers.get(key)
      if (held === undefined) numbers.set(key, number)
      else if (typeof held !== 'number') held.add(number)
      else if (held !== number) numbers.set(key, new Set([held, number]))
    },
    remove: (key, number) => {
      const held = numbers.get(key)
      if (held === number) numbers.delete(key)
      if (held === undefined || typeof held === 'number') return
      held.delete(number)
      if (held.size === 0) numbers.delete(key)
    },
    numbersOf: keys => {
      const found = new Set<number>()
      for (const key of keys) {
        const held = numbers.get(key)
        if (typeof held === 'number') found.add(held)
        else for (const number of held ?? []) found.add(number)
      }
      return found
    },
  }
}
