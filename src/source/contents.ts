import type { SourceContents } from './source.ts'

/** How a server is read as a whole, and what of it is plain data. */
export type WholeReading<T, Plain> = {
  readonly fetch: (signal: AbortSignal) => Promise<T>
  readonly toPlain: (whole: T) => Plain
  readonly fromPlain: (plain: Plain) => T
}

/** The contents of a server; `whole` is what was fetched or restored, undefined before. */
export type FetchedContents<T> = {
  readonly contents: SourceContents
  readonly whole: () => T | undefined
}

/** Contents that are fetched once, or restored. */
export const sourceContents = <T, Plain>({
  fetch,
  toPlain,
  fromPlain,
}: WholeReading<T, Plain>): FetchedContents<T> => {
  let whole: T | undefined
  let fetching: Promise<T> | undefined
  let used = (): void => {}
  const contents: SourceContents = {
    fetch: async signal => {
      if (whole !== undefined) return
      fetching ??= fetch(signal)
      whole = await fetching
    },
    kept: () => whole && toPlain(whole),
    restore: (kept, onUse) => {
      whole = fromPlain(kept as Plain)
      used = onUse
    },
  }
  return {
    contents,
    whole: () => {
      used()
      return whole
    },
  }
}
