import { hasErrors } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import type { LiveListener, LiveSource, ReadKey, SourceChange } from '../source/live-source.ts'
import type { Source } from '../source/source.ts'

/** A followed source whose server is the text that a test gives it. */
export type TextLiveSource<State> = LiveSource & {
  /** The server holds this from now on; nothing changes in memory before the listener lets it. */
  readonly edit: (text: string) => void
  /** Changes what is in memory in place, without a text to be read; for benchmarks. */
  readonly mutate: (change: (state: State) => SourceChange) => void
  /** The server is gone, or there again. */
  readonly setBehind: (isBehind: boolean) => void
}

/** What one state of such a source is, and how it differs from the one before. */
export type TextState<State> = {
  readonly name: string
  /** Throws where the text is none of its kind. */
  readonly parse: (text: string) => State
  /** Answers from the state that is current when it is asked; `note` is told what is read. */
  readonly open: (current: () => State, note: (key: ReadKey) => void) => Source
  readonly lists: (state: State, host: HostName, signal: AbortSignal) => Promise<boolean>
  readonly compare: (before: State, after: State) => SourceChange
}

/** The first change, which is the first text, and a change for each further one. */
export const textLiveSource = <State>(
  kind: TextState<State>,
  text: string | undefined,
): TextLiveSource<State> => {
  let current: State | undefined
  let listener: LiveListener | undefined
  let isBehind = false
  let note: ((key: ReadKey) => void) | undefined
  const waiting: string[] = text === undefined ? [] : [text]
  const state = (): State => {
    if (current === undefined) throw new Error(`${kind.name} was not read yet`)
    return current
  }
  const pass = (): void => {
    for (const next of listener === undefined ? [] : waiting.splice(0)) {
      const parsed = kind.parse(next)
      listener?.changed(() => {
        const before = current
        current = parsed
        return before === undefined ? EVERYTHING : kind.compare(before, parsed)
      })
    }
  }
  return {
    source: kind.open(state, key => note?.(key)),
    follow: async (heard, signal) => {
      listener = heard
      pass()
      if (!signal.aborted)
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
      listener = undefined
    },
    standing: () => ({
      name: kind.name,
      phase: current === undefined ? 'loading' : isBehind ? 'behind' : 'current',
    }),
    lists: (host, signal) => kind.lists(state(), host, signal),
    noting: async (told, read) => {
      note = told
      try {
        return await read()
      } finally {
        note = undefined
      }
    },
    kept: () => undefined,
    edit: next => {
      waiting.push(next)
      pass()
    },
    mutate: change => listener?.changed(() => change(state())),
    setBehind: behind => {
      isBehind = behind
      listener?.stood()
    },
  }
}

const EVERYTHING: SourceChange = { keys: 'all', hosts: [], classes: [], origins: [] }

/** The value, where it has no fault. */
export const faultless = <T>(value: T | undefined, diagnostics: Parameters<typeof hasErrors>[0]): T => {
  if (value === undefined || hasErrors(diagnostics))
    throw new Error(diagnostics.map(({ message }) => message).join('; '))
  return value
}
