import { access, constants, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import type { LocalAction, LocalStep, Word } from '../plan/step.ts'
import { RefusedError } from './apply-error.ts'
import type { ApplyContext } from './context.ts'
import { refuseUsedImage } from './image-file.ts'
import { readTargetProcesses } from './target-process.ts'

/** Rejects before anything is done where the plan could not be carried out, or would meet somebody else's work. */
export const refusePlan = async (
  steps: readonly LocalStep[],
  context: Pick<ApplyContext, 'target' | 'run' | 'signal'>,
  searchPath: string,
): Promise<void> => {
  if (steps.some(({ action }) => needsRoot(action)) && process.getuid?.() !== 0) {
    throw new EnvironmentError(
      'this plan needs root: it mounts, attaches devices or changes the root directory',
    )
  }
  const missing = await missingPrograms(steps, searchPath)
  if (missing.length > 0) throw new EnvironmentError(`programs are missing: ${missing.join(', ')}`)
  for (const { action } of steps) {
    if (action.kind === 'create-image') await refuseUsedImage(action, context)
    if (action.kind === 'mount-fstab' || (action.kind === 'mount' && action.at === '/'))
      await refuseFullTarget(context.target)
  }
  const pids = await readTargetProcesses(context.target)
  if (pids.length > 0) {
    throw new RefusedError(`processes run with ${context.target} as their root: ${pids.join(', ')}`)
  }
}

/** A mount would hide what is there, and what is mounted there would be somebody else's. */
const refuseFullTarget = async (target: string): Promise<void> => {
  const [entry] = await readdir(target)
  if (entry !== undefined)
    throw new RefusedError(`${target} is to be mounted on, and is not empty ("${entry}")`)
}

const needsRoot = (action: LocalAction): boolean =>
  [
    'attach',
    'change-storage',
    'mount',
    'mount-fstab',
    'mount-kernel-filesystems',
    'mount-mirror',
    'mount-ramdisk',
    'install-packages',
  ].includes(action.kind) ||
  (action.kind === 'run' && action.inTarget === true)

/** Programs of the build machine that steps call and that are nowhere on the search path; each once. */
const missingPrograms = (steps: readonly LocalStep[], searchPath: string): Promise<readonly string[]> =>
  missingOf(
    steps.flatMap(({ action }) => programsOf(action)),
    searchPath,
  )

/** Programs that are nowhere on the search path, each once. */
export const missingOf = async (
  wanted: readonly string[],
  searchPath: string,
): Promise<readonly string[]> => {
  const programs = [...new Set(wanted)]
  const found = await Promise.all(programs.map(program => isExecutable(program, searchPath)))
  return programs.filter((_, index) => found[index] === false)
}

const programsOf = (action: LocalAction): readonly string[] => {
  switch (action.kind) {
    case 'install-packages':
      return ['chroot']
    case 'run':
      return action.inTarget === true ? ['chroot'] : firstWord(action.argv)
    case 'format':
      return [...action.commands.flatMap(firstWord), 'blkid']
    case 'create-image':
    case 'attach':
      return ['losetup']
    case 'write-table':
      return ['sfdisk']
    case 'mount':
    case 'mount-fstab':
    case 'mount-kernel-filesystems':
    case 'mount-mirror':
      return ['mount', 'umount']
    case 'mount-ramdisk':
    case 'unmount-ramdisk':
      return ['mount', 'umount', 'cp']
    case 'fill-vfat':
      return ['mcopy']
    case 'unmount-all':
    case 'finish-image':
    case 'make-directory':
    case 'write-file':
    case 'install-disk-files':
    // It has a refusal of its own, which names packages.
    case 'change-storage':
    case 'remove-file':
    case 'copy-file':
    case 'copy-machine-file':
    case 'run-script':
    case 'run-tool':
    case 'save-logs':
      return []
  }
}

const firstWord = ([word]: readonly Word[]): readonly string[] => (typeof word === 'string' ? [word] : [])

const isExecutable = async (program: string, searchPath: string): Promise<boolean> => {
  const places = program.includes('/')
    ? [program]
    : searchPath.split(':').map(directory => join(directory, program))
  for (const place of places) {
    const usable = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (usable) return true
  }
  return false
}
