import { copyFile, mkdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { LocalPackage } from '../model/config-space.ts'
import { inRoot, LOCAL_TOOLS, type LocalTool, localCommand } from '../plan/system/package-command.ts'
import type { ApplyContext } from './context.ts'
import { makeParent } from './target-path.ts'

/** Where the package tools of the target find the files, which lie outside of it. */
const DIRECTORY = '/var/tmp/fai-classes-packages'

/**
 * Copies package files into the target, hands on the commands that install them, one for each kind, and removes the
 * copies whatever happened.
 */
export const withLocalPackages = async (
  packages: readonly LocalPackage[],
  context: ApplyContext,
  use: (commands: readonly (readonly string[])[]) => Promise<void>,
): Promise<void> => {
  if (packages.length === 0) return
  const directory = await makeParent(context.target, DIRECTORY)
  await rm(directory, { recursive: true, force: true })
  try {
    const commands: (readonly string[])[] = []
    const root = context.target === '/' ? undefined : context.target
    for (const kind of ['deb', 'rpm'] as const) {
      const ofKind = packages.filter(each => each.kind === kind)
      if (ofKind.length === 0) continue
      const names = ofKind.map(({ class: name, path }) => join(name, basename(path)))
      for (const [index, { path }] of ofKind.entries()) {
        const place = join(directory, names[index] ?? '')
        await mkdir(dirname(place), { recursive: true, mode: 0o755 })
        await copyFile(path, place)
      }
      const paths = names.map(name => join(DIRECTORY, name))
      commands.push(localCommand(await findTool(kind, context, root), paths, root))
    }
    await use(commands)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** The first that the target has; where it has none, the first, whose absence is then told. */
const findTool = async (
  kind: LocalPackage['kind'],
  { run, signal }: ApplyContext,
  root: string | undefined,
): Promise<LocalTool> => {
  const [first, ...others] = LOCAL_TOOLS[kind]
  for (const tool of [first, ...others]) {
    const argv = inRoot(root, ['sh', '-c', `command -v ${tool}`])
    if ((await run({ argv }, signal)).exitCode === 0) return tool
  }
  return first
}
