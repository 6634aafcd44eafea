/** The next multiple of `unit` that is not below. Pure. */
export const roundUp = (bytes: number, unit: number): number => Math.ceil(bytes / unit) * unit

/** The next multiple of `unit` that is not above. Pure. */
export const roundDown = (bytes: number, unit: number): number => Math.floor(bytes / unit) * unit

/** `range * part / whole`, rounded down; exact, though the product of two sizes leaves the exact range of numbers. Pure. */
export const share = (range: number, part: number, whole: number): number =>
  whole <= 0 ? 0 : Number((BigInt(range) * BigInt(part)) / BigInt(whole))

/** The sum of some sizes. Pure. */
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
