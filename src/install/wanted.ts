import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ConfigSpace } from '../model/config-space.ts'
import type { Step } from '../plan/step.ts'
import type { Wanted } from '../plan/update/run-difference.ts'

/** What a host is to be: its classes, and what of the config space they choose, names sorted. */
export const readWanted = async (
  classes: readonly string[],
  space: Pick<ConfigSpace, 'templates' | 'scripts'>,
  steps: readonly Step[],
): Promise<Wanted> => ({
  classes,
  packages: packagesOf(steps),
  templates: Object.fromEntries(
    await Promise.all(
      space.templates.map(async ({ targetPath, class: name, path }) => {
        return [targetPath, { class: name, sha256: await digestOf(path) }] as const
      }),
    ),
  ),
  scripts: Object.fromEntries(
    await Promise.all(space.scripts.map(async ({ name, path }) => [name, await digestOf(path)] as const)),
  ),
})

const digestOf = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex')

const packagesOf = (steps: readonly Step[]): Readonly<Record<string, readonly string[]>> => {
  const words: Record<string, string[]> = {}
  for (const { action } of steps) {
    if (action.kind !== 'install-packages') continue
    for (const { type, release, packages } of action.list.groups) {
      const what = release === undefined ? type : `${type} release=${release}`
      words[what] = [...new Set([...(words[what] ?? []), ...packages.map(({ word }) => word)])].sort()
    }
  }
  return words
}
