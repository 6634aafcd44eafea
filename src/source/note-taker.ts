import type { LiveSource, ReadKey } from './live-source.ts'

/** Who passes on what is read in memory. */
export type NoteTaker = Pick<LiveSource, 'noting'> & {
  /** Undefined while nobody wants to know. */
  readonly hear: () => ((key: ReadKey) => void) | undefined
}

/** Nobody wants to know at first. */
export const noteTaker = (): NoteTaker => {
  let heard: ((key: ReadKey) => void) | undefined
  return {
    hear: () => heard,
    noting: async (note, read) => {
      heard = note
      try {
        return await read()
      } finally {
        heard = undefined
      }
    },
  }
}
