import type { Storage } from '../../model/storage.ts'
import { foundUnderlays } from '../../plan/disk/steps/device-disks.ts'
import type { Runner } from '../runner.ts'
import { deviceEnvironment } from './kernel.ts'

/** A command that brings a device up, and the one that puts it to rest again. */
type Waking = { readonly up: readonly string[]; readonly down: readonly string[] }

/**
 * What starts the arrays that do not run and activates the groups that rest, where nothing of theirs is missing or lies on
 * another disk: nobody can tell what they hold, and what lies on them, before. Pure.
 */
export const wakingCommands = (storage: Storage, ignoredGroups: readonly string[]): readonly Waking[] => {
  const known = foundUnderlays(storage)
  const resting = storage.volumeGroups.filter(
    ({ name, physicalVolumes, volumes }) =>
      !ignoredGroups.includes(name) &&
      volumes.some(({ isActive }) => !isActive) &&
      physicalVolumes.every(device => known.has(device)),
  )
  return [
    ...storage.arrays
      .filter(({ isRunning }) => !isRunning)
      .map(({ device, members, spares }) => ({
        up: ['mdadm', '--assemble', device, ...members, ...spares],
        down: ['mdadm', '--stop', device],
      })),
    ...resting.map(({ name }) => ({
      up: ['vgchange', '--activate', 'y', name],
      down: ['vgchange', '--activate', 'n', name],
    })),
  ]
}

/** What waking takes. */
export type WakeOptions = {
  readonly run: Runner
  readonly readStorage: () => Promise<Storage>
  readonly ignoredGroups: readonly string[]
  readonly signal: AbortSignal
}

const LIMIT_SECONDS = 120

/**
 * Wakes arrays, then the groups that come to light on them. One that does not wake is left as it was: the plan says what it
 * misses. Gives what puts all of them to rest again, for a run that comes to nothing.
 */
export const wakeStorage = async (options: WakeOptions): Promise<() => Promise<void>> => {
  const { readStorage, ignoredGroups, signal } = options
  const tried = new Set<string>()
  const woken: Waking[] = []
  const tryRun = async (argv: readonly string[], until: AbortSignal): Promise<boolean> => {
    const command = { argv, env: await deviceEnvironment(), timeoutSeconds: LIMIT_SECONDS }
    return options.run(command, until).then(
      ({ exitCode }) => exitCode === 0,
      () => false,
    )
  }
  const rest = async (): Promise<void> => {
    for (const { down } of woken.toReversed()) await tryRun(down, AbortSignal.timeout(LIMIT_SECONDS * 1000))
  }
  for (;;) {
    const commands = wakingCommands(await readStorage(), ignoredGroups)
    const left = commands.filter(({ up }) => !tried.has(up.join(' ')))
    if (left.length === 0) return rest
    for (const waking of left) {
      tried.add(waking.up.join(' '))
      if (await tryRun(waking.up, signal)) woken.push(waking)
      else await tryRun(waking.down, signal)
    }
  }
}
