const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** An age in its largest whole unit, for example `3 h`. */
export const formatAge = (ageMs: number): string => {
  const [unit, size] = UNITS.find(([, unitMs]) => ageMs >= unitMs) ?? ['s', 1000]
  return `${Math.floor(ageMs / size)} ${unit}`
}

/** `7d`, `12h`, `30min`, `90s` in milliseconds; undefined where the text is no age. Pure. */
export const parseAge = (text: string): number | undefined => {
  const match = /^(\d+)\s*(d|h|min|m|s)$/.exec(text)
  if (match === null) return undefined
  const unit = match[2] === 'm' ? 'min' : match[2]
  return Number(match[1]) * (UNITS.find(([name]) => name === unit)?.[1] ?? 0)
}
