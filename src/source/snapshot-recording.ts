import { SourceError } from '../diagnostic/source-error.ts'
import { foldClassName } from '../model/class-name.ts'
import {
  classQuestion,
  DEFINITIONS_QUESTION,
  findQuestion,
  hostQuestion,
  WHOLE_QUESTION,
} from './snapshot-question.ts'
import type { Questions, Source } from './source.ts'

/** A source that can be read, and what it answered so far. */
export type Recording = Questions & {
  readonly fetch: (signal: AbortSignal) => Promise<void>
  readonly enumerate: (signal: AbortSignal) => Promise<void>
  /** By question; the whole of a server is among them where it was read as one. */
  readonly answers: () => ReadonlyMap<string, unknown>
  /** Why it cannot be read after all, each reason that was met. */
  readonly failures: () => readonly SourceError[]
}

/** Remembers what a source answers. */
export const recordAnswers = (source: Source): Recording => {
  const answers = new Map<string, unknown>()
  const failures: SourceError[] = []
  const watch = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read()
    } catch (error) {
      if (error instanceof SourceError) failures.push(error)
      throw error
    }
  }
  const ask = async <T>(question: string, read: () => Promise<T>): Promise<T> => {
    const answer = await watch(read)
    answers.set(question, answer)
    return answer
  }
  return {
    findHosts: (query, signal) => ask(findQuestion(query), () => source.findHosts(query, signal)),
    readHost: (host, signal) => ask(hostQuestion(host), () => source.readHost(host, signal)),
    readClasses: async (names, signal) => {
      const definitions = await watch(() => source.readClasses(names, signal))
      const byName = Map.groupBy(definitions, ({ name }) => foldClassName(name))
      for (const name of names) answers.set(classQuestion(name), byName.get(foldClassName(name)) ?? [])
      return definitions
    },
    hasDefinitions: signal =>
      ask(DEFINITIONS_QUESTION, async () => (await source.hasDefinitions(signal)) ?? false),
    readWhole: async signal => {
      const outcome = await watch(() => source.readWhole(signal))
      if (outcome.value !== undefined && source.contents !== undefined)
        answers.set(WHOLE_QUESTION, source.contents.kept())
      return outcome
    },
    enumerate: signal => watch(async () => source.enumerate?.(signal)),
    fetch: signal => watch(async () => source.contents?.fetch(signal)),
    answers: () => answers,
    failures: () => failures,
  }
}
