import { access } from 'node:fs/promises'
import { basename } from 'node:path'
import type { FilesystemIdentity } from '../plan/step.ts'
import { CommandError } from './apply-error.ts'
import { type ApplyContext, deviceOf, type Handler, resolveWord, runForStep } from './context.ts'

/** Cleaning up gets its own time, for it must happen although the run was told to stop. */
const UNDO_TIMEOUT_MS = 60_000
/** Two runs may look for a free loop device at the same moment. */
const ATTEMPTS = 5

/** Makes an extent of a file a block device by its offset: the kernel need not know the table. */
export const attachExtent: Handler<'attach'> = async (action, context, step) => {
  const { device: name, image, startByte, sizeBytes, sectorBytes } = action
  const extent = [
    '--offset',
    `${startByte}`,
    '--sizelimit',
    `${sizeBytes}`,
    '--sector-size',
    `${sectorBytes}`,
  ]
  const argv = ['losetup', '--find', '--show', ...extent, image]
  for (let count = 1; ; count++) {
    try {
      const { stdout } = await runForStep({ argv }, context, step)
      const device = stdout.trim()
      context.undo.push({ title: `${device} (${name}) is attached`, undo: () => detach(device, context) })
      context.devices.set(name, device)
      return
    } catch (error) {
      const isTaken = error instanceof CommandError && error.result.tail.some(line => /busy/i.test(line))
      if (!isTaken || count === ATTEMPTS) throw error
    }
  }
}

/** `losetup --detach` of a device in use says that it worked, and detaches it later; so look whether it did. */
const detach = async (device: string, context: ApplyContext): Promise<void> => {
  const state = `/sys/block/${basename(device)}/loop/backing_file`
  if (!(await isThere(state))) return
  await runUndo(['losetup', '--detach', device], context)
  if (await isThere(state)) throw new Error('still in use')
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Runs a program of the clean-up; rejects unless it exits with 0. */
export const runUndo = async (argv: readonly string[], { run, log }: ApplyContext): Promise<void> => {
  const onLine = (line: string): void => log.tryLine('savelog', line)
  log.tryLine('savelog', `$ ${argv.join(' ')}`)
  const result = await run({ argv, onLine }, AbortSignal.timeout(UNDO_TIMEOUT_MS))
  if (result.exitCode !== 0) throw new Error(result.tail.at(-1) ?? `exit code ${result.exitCode}`)
}

/** Makes a file system, then asks blkid what is there, and rejects where it is not what was planned. */
export const formatDevice: Handler<'format'> = async ({ device: name, commands, want }, context, step) => {
  for (const words of commands) {
    await runForStep({ argv: words.map(word => resolveWord(word, context)) }, context, step)
  }
  const argv = ['blkid', '--probe', '--output', 'export', deviceOf(name, context)]
  const { stdout } = await runForStep({ argv }, context, step)
  const differences = identityDifferences(want, stdout)
  if (differences.length > 0) throw new Error(`the file system is not as planned: ${differences.join('; ')}`)
}

/** Where the answer of `blkid -o export` is not the wanted file system: wanted before found. Pure. */
export const identityDifferences = (want: FilesystemIdentity, answer: string): readonly string[] => {
  const found = new Map(
    answer.split('\n').map(line => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
  )
  const pairs = [
    ['type', want.type, found.get('TYPE')],
    ['uuid', want.uuid, found.get('UUID')],
    ['label', want.filesystemLabel, found.get('LABEL')?.replaceAll('\\ ', ' ')],
  ] as const
  return pairs.flatMap(([what, wanted, value]) =>
    wanted === undefined || wanted === value
      ? []
      : [`${what} did not match (wanted ${wanted}, found ${value ?? 'none'})`],
  )
}
