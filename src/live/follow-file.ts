import { stat } from 'node:fs/promises'
import { SourceError } from '../diagnostic/source-error.ts'
import { newBell } from '../source/dns/bell.ts'
import type { LiveListener, LiveSource } from '../source/live-source.ts'
import { liveStanding } from '../source/live-standing.ts'
import type { FileKind } from './file-kind.ts'
import { stateSource } from './state-source.ts'

/** A file that is followed. */
export type FollowedFile = LiveSource & {
  /** Looks at the file at once, whatever its dates say. */
  readonly lookAgain: () => void
}

/** How it is followed. */
export type FollowFileOptions = {
  readonly pollSeconds: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * A file in memory, read anew once its dates, its size or its place on the disk are others. While it cannot be read, or
 * is wrong as a whole, the last state that was right answers, and each look tries again. A file is on disk already, so that
 * nothing of it is kept.
 */
export const followFile = <State>(
  kind: FileKind<State>,
  { pollSeconds, now }: FollowFileOptions,
): FollowedFile => {
  const live = liveStanding(kind.name, now)
  const memory = stateSource(kind, live.failure)
  const bell = newBell()
  const news = newsOf(kind)
  const look = async (listener: LiveListener, signal: AbortSignal): Promise<void> => {
    const state = await news.read(signal)
    const stand = (): void => {
      live.confirm()
      live.stand(listener, 'current')
    }
    if (state === undefined) return stand()
    const apply = memory.prepare(state)
    listener.changed(() => {
      const change = apply()
      stand()
      return change
    })
  }
  return {
    source: memory.source,
    lists: memory.lists,
    noting: memory.noting,
    kept: () => undefined,
    standing: () => ({ ...live.standing(), ...serialOf(kind, memory.current()) }),
    lookAgain: () => {
      news.forget()
      bell.ring()
    },
    follow: async (listener, signal) => {
      signal.addEventListener('abort', bell.ring, { once: true })
      while (!signal.aborted) {
        try {
          await look(listener, signal)
        } catch (error) {
          if (signal.aborted) return
          if (!(error instanceof SourceError)) throw error
          news.forget()
          live.stand(listener, memory.current() === undefined ? 'loading' : 'behind', error)
        }
        await bell.wait(pollSeconds * 1000)
      }
    },
  }
}

/** What is on disk and was not taken before. */
const newsOf = <State>(kind: FileKind<State>) => {
  let taken: string | undefined
  let paths: readonly string[] = [kind.path]
  const readRight = async (signal: AbortSignal): Promise<State> => {
    const { value, diagnostics } = await kind.read(signal)
    const error = diagnostics.find(({ severity }) => severity === 'error')
    if (error !== undefined) throw new SourceError(error.message, error.origin, { code: error.code })
    if (value === undefined) throw new SourceError('it holds nothing', { kind: 'file', path: kind.path })
    return value
  }
  return {
    /** Undefined where there is none; a file that is written meanwhile is read once more. */
    read: async (signal: AbortSignal): Promise<State | undefined> => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
        const before = await datesOf(paths)
        if (before === taken) return undefined
        const state = await readRight(signal)
        paths = kind.pathsOf(state)
        if ((await datesOf(paths)) !== before) continue
        taken = before
        return state
      }
      throw new SourceError('it is written all the time', { kind: 'file', path: kind.path })
    },
    /** All of it is news again. */
    forget: (): void => {
      taken = undefined
    },
  }
}

const MAX_ATTEMPTS = 3

/** What changes when a file does, or its place in a directory; a file that is not there has none. */
const datesOf = async (paths: readonly string[]): Promise<string> => {
  const dates = paths.map(async path => {
    const found = await stat(path, { bigint: true }).catch(() => undefined)
    return [path, found?.dev, found?.ino, found?.size, found?.mtimeNs, found?.ctimeNs].join(' ')
  })
  return (await Promise.all(dates)).join('\n')
}

const serialOf = <State>(
  { serialOf }: FileKind<State>,
  state: State | undefined,
): { readonly serial?: number } => {
  const serial = state === undefined ? undefined : serialOf?.(state)
  return serial === undefined ? {} : { serial }
}
