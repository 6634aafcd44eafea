import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Runner } from '../apply/runner.ts'
import { fileState, readChangedSince, setMark } from './changed-files.ts'

/** What the scripts of a run wrote to, and what of it is another than after the last run. */
export type ScriptWatch = {
  /** Runs one script and looks at what it left. */
  around(name: string, script: () => Promise<void>): Promise<void>
  /** By script, in the order in which they ran, those that changed nothing left out. */
  readonly changes: readonly ScriptChange[]
  /** Everything that scripts wrote to, now or before, by path. */
  readonly touched: ReadonlyMap<string, string>
}

/** Where no script of a task is run, or nobody asks what it changed. */
export const UNWATCHED: ScriptWatch = { changes: [], touched: new Map(), around: (_name, script) => script() }

/** What one script changed. */
export type ScriptChange = { readonly script: string; readonly paths: readonly string[] }

/**
 * Watches the scripts that run on the system below `target`. `known` is what stood at each path after the last run: a script
 * that writes the same again changes nothing. A path that is not known counts as changed, for nobody can tell.
 */
export const watchScripts = (
  { target, logDirectory }: { readonly target: string; readonly logDirectory: string },
  known: Readonly<Record<string, string>>,
  run: Runner,
  signal: AbortSignal,
): ScriptWatch => {
  const changes: ScriptChange[] = []
  const touched = new Map(Object.entries(known))
  const mark = join(logDirectory, '.script-begins')
  return {
    changes,
    touched,
    async around(name, script) {
      try {
        await setMark(mark)
        await script()
        const paths: string[] = []
        for (const path of await readChangedSince(mark, target, run, signal)) {
          const state = await fileState(join(target, path))
          if (touched.get(path) !== state) paths.push(path)
          touched.set(path, state)
        }
        if (paths.length > 0) changes.push({ script: name, paths })
      } finally {
        await rm(mark, { force: true })
      }
    },
  }
}
