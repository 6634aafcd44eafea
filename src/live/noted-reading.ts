import type { LiveSource, ReadKey } from '../source/live-source.ts'

/** What was read from memory, with the numbers of the keys that it was read by. */
export type Noted<T> = { readonly value: T; readonly keys: readonly number[] }

/** Reads something and notes by which keys; one reading after the other. */
export type NotedReading = <T>(read: () => Promise<T>) => Promise<Noted<T>>

/**
 * Runs `use` with what notes the keys of each reading from the sources. Others may read meanwhile: their keys are then noted
 * too, which makes a later change touch more than it needs to, never less.
 */
export const withNotes = <T>(
  sources: readonly LiveSource[],
  use: (reading: NotedReading) => Promise<T>,
): Promise<T> => {
  let keys = new Set<number>()
  const reading: NotedReading = async read => {
    keys = new Set()
    const value = await read()
    return { value, keys: [...keys] }
  }
  const noteAll = sources.reduceRight(
    (inner, { noting }, source) =>
      () =>
        noting(key => keys.add(keyNumber(source, key)), inner),
    () => use(reading),
  )
  return noteAll()
}

/**
 * A key of a source as 32 bits (FNV-1a), for there are several a host. Two keys of one number make a change of one
 * touch whoever read the other, which costs a little work and nothing else. Pure.
 */
export const keyNumber = (source: number, key: ReadKey): number => {
  let number = FNV_OFFSET ^ source
  for (let index = 0; index < key.length; index++)
    number = Math.imul(number ^ key.charCodeAt(index), FNV_PRIME)
  return number
}

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193
