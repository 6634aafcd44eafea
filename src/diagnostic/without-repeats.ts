/** Plain data such as diagnostics and origins, each once, at its first place. Pure. */
export const withoutRepeats = <T>(items: readonly T[]): readonly T[] => [
  ...new Map(items.map(item => [JSON.stringify(item), item])).values(),
]
