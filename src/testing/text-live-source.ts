import { hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import type { StateKind } from '../live/file-kind.ts'
import { stateSource } from '../live/state-source.ts'
import type { LiveListener, LiveSource, SourceChange } from '../source/live-source.ts'

/** A followed source whose server is what a test says. */
export type TextLiveSource<State> = LiveSource & {
  /** The server holds this from now on; nothing changes in memory before the listener lets it. Throws where it is no such text. */
  readonly edit: (text: string) => void
  /** What is in memory, if anything. */
  readonly current: () => State | undefined
  /** Changes what is in memory in place, without a text to be read; for benchmarks. */
  readonly mutate: (change: (state: State) => SourceChange) => void
  /** The server is gone, or there again. */
  readonly setBehind: (isBehind: boolean) => void
}

/** Begins with a text, or without one as a server that was never reached. */
export const textLiveSource = <State>(
  kind: StateKind<State>,
  parse: (text: string) => Outcome<State>,
  text: string | undefined,
): TextLiveSource<State> => {
  const memory = stateSource(kind, () => undefined)
  const waiting: (() => SourceChange)[] = []
  let listener: LiveListener | undefined
  let isBehind = false
  const pass = (): void => {
    if (listener !== undefined) for (const apply of waiting.splice(0)) listener.changed(apply)
  }
  const edit = (next: string): void => {
    const { value, diagnostics } = parse(next)
    if (value === undefined || hasErrors(diagnostics))
      throw new Error(diagnostics.map(({ message }) => message).join('; '))
    waiting.push(memory.prepare(value))
    pass()
  }
  if (text !== undefined) edit(text)
  return {
    ...memory,
    follow: async (heard, signal) => {
      listener = heard
      pass()
      if (!signal.aborted)
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
      listener = undefined
    },
    standing: () => ({
      name: kind.name,
      phase: memory.current() === undefined ? 'loading' : isBehind ? 'behind' : 'current',
    }),
    kept: () => undefined,
    edit,
    mutate: change => {
      const state = memory.current()
      if (state !== undefined) listener?.changed(() => change(state))
    },
    setBehind: behind => {
      isBehind = behind
      listener?.stood()
    },
  }
}
