import type { ClassName } from '../model/class-name.ts'

/** How one class list became another. */
export type ListChange = {
  /** In the order of the list after. */
  readonly added: readonly ClassName[]
  /** In the order of the list before. */
  readonly removed: readonly ClassName[]
  /** Classes of both that changed their place; `after` is the one they now stand behind. */
  readonly moved: readonly { readonly class: ClassName; readonly after?: ClassName }[]
}

/**
 * Compares two class lists; undefined where they are the same. As few classes as can be
 * count as moved: those outside of the longest common order of both. Pure.
 */
export const compareLists = (
  before: readonly ClassName[],
  after: readonly ClassName[],
): ListChange | undefined => {
  if (before.length === after.length && before.every((name, index) => name === after[index])) return undefined
  const [had, has] = [new Set(before), new Set(after)]
  const place = new Map(before.map((name, index) => [name, index]))
  const common = after.filter(name => had.has(name))
  const kept = longestIncreasing(common.map(name => place.get(name) as number))
  return {
    added: after.filter(name => !had.has(name)),
    removed: before.filter(name => !has.has(name)),
    moved: common
      .filter(name => !kept.has(place.get(name) as number))
      .map(name => {
        const previous = after[after.indexOf(name) - 1]
        return { class: name, ...(previous === undefined ? {} : { after: previous }) }
      }),
  }
}

/** The numbers of one longest rising subsequence, by piles: each pile keeps its lowest top. */
const longestIncreasing = (numbers: readonly number[]): ReadonlySet<number> => {
  const tops: number[] = []
  const before = new Map<number, number | undefined>()
  for (const number of numbers) {
    let [low, high] = [0, tops.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tops[middle] as number) < number) low = middle + 1
      else high = middle
    }
    tops[low] = number
    before.set(number, tops[low - 1])
  }
  const longest = new Set<number>()
  for (let number = tops.at(-1); number !== undefined; number = before.get(number)) longest.add(number)
  return longest
}

/** A change on one line: `+NGINX -APACHE, WEB now after NGINX`. Pure. */
export const formatChange = ({ added, removed, moved }: ListChange): string => {
  const signed = [...added.map(name => `+${name}`), ...removed.map(name => `-${name}`)]
  const places = moved.map(({ class: name, after }) =>
    after === undefined ? `${name} now first` : `${name} now after ${after}`,
  )
  return [...(signed.length === 0 ? [] : [signed.join(' ')]), ...places].join(', ')
}
