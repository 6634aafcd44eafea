import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The top of the work tree, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** What a test needs, told by its name: nothing, root, or real servers and packages. */
export type TestKind = 'fast' | 'root' | 'system'

/** The kind of a test file. Pure. */
export const toTestKind = (path: string): TestKind => {
  if (path.endsWith('.system.test.ts')) return 'system'
  return path.endsWith('.root.test.ts') ? 'root' : 'fast'
}

/** Every test file, as a sorted list of paths relative to the top of the work tree. */
export const readTestFiles = (): readonly string[] => globSync('src/**/*.test.ts', { cwd: ROOT }).sort()
