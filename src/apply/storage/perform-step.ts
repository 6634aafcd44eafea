import { mkdtemp, open, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadCommand } from '../../inspect/runner.ts'
import { readSignature } from '../../inspect/storage/read-disk.ts'
import { formatStorageWord } from '../../plan/disk/steps/format-storage-plan.ts'
import type { StorageStep, StorageStepKind, StorageWord } from '../../plan/disk/storage-plan.ts'
import { CommandError } from '../apply-error.ts'
import type { Runner } from '../runner.ts'
import { findDifferences, isPresent } from './expectation.ts'
import { deviceEnvironment, flushDevice, type RunTool, tellKernel } from './kernel.ts'
import { StorageError } from './storage-error.ts'

/** What the steps of one run share. */
export type StepContext = {
  readonly run: Runner
  readonly logDirectory: string
  /** Passphrases of the plan by their words `{"secret":"#0"}`. */
  readonly secrets: readonly string[]
  /** A line of the log. */
  readonly log: (line: string) => void
  readonly signal: AbortSignal
  /** In place of the limit of any program, which depends on the kind of its step. */
  readonly limitSeconds?: number | undefined
}

const HOUR_SECONDS = 3600
/** A program that does not end hangs: a step of these kinds may take long on a large disk, any other may not. */
const LIMIT_SECONDS: Partial<Readonly<Record<StorageStepKind, number>>> = {
  'fill-random': 7 * 24 * HOUR_SECONDS,
  'check-filesystem': 12 * HOUR_SECONDS,
  'shrink-filesystem': 24 * HOUR_SECONDS,
  'grow-filesystem': 12 * HOUR_SECONDS,
  'create-filesystem': 2 * HOUR_SECONDS,
  'reduce-group': 24 * HOUR_SECONDS,
}
const USUAL_LIMIT_SECONDS = 300
const REST_LIMIT_MS = 120_000
const UNMOUNT_MS = 60_000
/** What directories for mounts begin with; they are in the log directory, where the next run finds them. */
const MOUNTED = 'mounted-'

/** Does one step, tells the kernel what it must know, and rejects where the machine is then not what was planned. */
export const performStep = async (step: StorageStep, context: StepContext): Promise<void> => {
  const { stdout } = await runWords(step, context)
  const tool: RunTool = argv => runPlain(argv, context)
  if (step.stdout !== undefined) await writeSecretly(resolvePath(step.stdout, context), stdout)
  if (step.kind === 'write-table' && step.expects?.kind === 'table') {
    await tellKernel(step.device, step.expects.table, tool)
  }
  // The kernel may go on with the partitions of a table that is no more.
  if (step.kind === 'wipe' && step.disks.includes(step.device)) {
    await tellKernel(step.device, { partitions: [], sectorBytes: 512 }, tool)
  }
  const differences = await differencesAfter(step, context)
  if (differences.length > 0) throw new StorageError(differences.join('; '))
  await flushStep(step)
}

/** LVM and others leave that to the disk; the journal must not say of a step that it is done before it is. */
const flushStep = async ({ device, disks }: StorageStep): Promise<void> => {
  if (device.startsWith('/') && !disks.includes(device) && (await isPresent(device)))
    await flushDevice(device)
  for (const disk of disks) await flushDevice(disk)
}

/**
 * Brings back the device of a step that was done, where a reboot or the end of a failed run took it. `empty` where it came
 * back without what was on it, as a mapping with a random key does: then that must be done again.
 */
export const bringBack = async (
  step: StorageStep,
  context: StepContext,
): Promise<'there' | 'back' | 'empty'> => {
  const { runtime, device } = step
  if (runtime === undefined || (device.startsWith('/') && (await isPresent(device)))) return 'there'
  context.log(`--- ${step.id}: brought back`)
  await performStep({ ...step, argv: runtime.up }, context)
  return step.kind === 'open-encrypted' && step.destroys ? 'empty' : 'back'
}

/** Puts the devices of steps to rest, the last one first, whatever became of them and of the run. */
export const putToRest = async (steps: readonly StorageStep[], context: StepContext): Promise<void> => {
  const signal = AbortSignal.timeout(REST_LIMIT_MS)
  for (const { runtime } of steps.toReversed())
    if (runtime !== undefined) await tryWords(runtime.down, { ...context, signal })
}

/** Whether the machine is already what a step would make of it; false for a step that cannot be told by looking. */
export const isDone = async (step: StorageStep, context: StepContext): Promise<boolean> =>
  step.expects !== undefined && (await differencesAfter(step, context)).length === 0

/** Clears what a step has left behind that was killed on the way; how these commands end does not matter. */
export const recoverStep = async ({ recover = [] }: StorageStep, context: StepContext): Promise<void> => {
  for (const words of recover) await tryWords(words, context)
}

const tryWords = (words: readonly StorageWord[], context: StepContext): Promise<unknown> =>
  withMounted(words, context, argv => runPlain(argv, context)).catch(error => {
    context.signal.throwIfAborted()
    context.log(String(error))
  })

/** What is on the device of a step, for the journal. */
export const describeBefore = async ({ device }: StorageStep, context: StepContext): Promise<string> => {
  if (!device.startsWith('/')) return ''
  const looking = { read: readerOf(context), signal: context.signal }
  const { content, tableType } = await readSignature(device, looking).catch(() => {
    context.signal.throwIfAborted()
    return { content: undefined, tableType: undefined }
  })
  return [tableType, content?.type, content?.uuid, content?.label].filter(Boolean).join(' ')
}

/** A command as it may be shown: passphrases are stars. */
export const shownCommand = (
  { argv }: Pick<StorageStep, 'argv'>,
  { logDirectory }: Pick<StepContext, 'logDirectory'>,
): string => argv.map(word => formatStorageWord(word, logDirectory)).join(' ')

const differencesAfter = (step: StorageStep, context: StepContext): Promise<readonly string[]> =>
  step.expects === undefined
    ? Promise.resolve([])
    : findDifferences(step.expects, { read: readerOf(context), signal: context.signal })

const runWords = (step: StorageStep, context: StepContext): Promise<{ readonly stdout: string }> =>
  withMounted(step.argv, context, argv => runArgv(step, argv, context))

/** Runs `use` with the words as a program gets them; what one of them says is mounted is so until then. */
const withMounted = async <T>(
  words: readonly StorageWord[],
  context: StepContext,
  use: (argv: readonly string[]) => Promise<T>,
): Promise<T> => {
  const mounted = words.flatMap(word =>
    typeof word === 'object' && 'mounted' in word ? word.mounted : [],
  )[0]
  if (mounted === undefined) return use(words.map(word => resolveWord(word, context)))
  const directory = await mkdtemp(join(context.logDirectory, MOUNTED))
  try {
    await runPlain(['mount', mounted, directory], context)
    try {
      return await use(
        words.map(word =>
          typeof word === 'object' && 'mounted' in word
            ? join(directory, word.path)
            : resolveWord(word, context),
        ),
      )
    } finally {
      await runPlain(['umount', directory], { ...context, signal: AbortSignal.timeout(UNMOUNT_MS) })
    }
  } finally {
    await rmdir(directory).catch(() => undefined)
  }
}

/** Unmounts what a run that was killed has left mounted. */
export const unmountLeft = async (context: StepContext): Promise<void> => {
  const { logDirectory } = context
  const names = (await readdir(logDirectory)).filter(name => name.startsWith(MOUNTED))
  for (const directory of names.map(name => join(logDirectory, name))) {
    // It may be one that was not mounted yet.
    await runPlain(['umount', directory], context).catch(error => context.log(String(error)))
    await rmdir(directory).catch(() => undefined)
  }
}

const runArgv = async (
  step: StorageStep,
  argv: readonly string[],
  context: StepContext,
): Promise<{ readonly stdout: string }> => {
  const { stdin, goodExitCodes = [] } = step
  const result = await context.run(
    {
      argv,
      env: await deviceEnvironment(),
      ...(stdin === undefined
        ? {}
        : { stdin: typeof stdin === 'string' ? stdin : resolveWord(stdin, context) }),
      timeoutSeconds: context.limitSeconds ?? LIMIT_SECONDS[step.kind] ?? USUAL_LIMIT_SECONDS,
      // What goes into a file may be a key.
      ...(step.stdout === undefined ? { onLine: line => context.log(`  | ${line}`) } : {}),
    },
    context.signal,
  )
  const isGood = !result.timedOut && [0, ...goodExitCodes].includes(result.exitCode)
  if (!isGood) throw new CommandError(shownCommand(step, context), result)
  return result
}

const runPlain = async (
  argv: readonly string[],
  { run, log, signal, limitSeconds }: StepContext,
): Promise<string> => {
  log(`$ ${argv.join(' ')}`)
  const result = await run(
    {
      argv,
      env: await deviceEnvironment(),
      timeoutSeconds: limitSeconds ?? USUAL_LIMIT_SECONDS,
      onLine: line => log(`  | ${line}`),
    },
    signal,
  )
  if (result.exitCode !== 0 || result.timedOut) throw new CommandError(argv.join(' '), result)
  return result.stdout
}

/** Reading by the same runner, so that a reader that hangs ends too. */
export const readerOf =
  ({ run, limitSeconds = USUAL_LIMIT_SECONDS }: Pick<StepContext, 'run' | 'limitSeconds'>): ReadCommand =>
  async (argv, signal, alsoGood = []) => {
    const result = await run({ argv, timeoutSeconds: limitSeconds }, signal)
    if (result.timedOut || ![0, ...alsoGood].includes(result.exitCode))
      throw new CommandError(argv.join(' '), result)
    return result.stdout
  }

const resolveWord = (word: StorageWord, context: StepContext): string => {
  if (typeof word === 'string') return word
  if ('log' in word) return join(context.logDirectory, word.log)
  if ('mounted' in word) throw new Error('a mounted path outside of a command')
  const secret = context.secrets[Number(word.secret.slice(1))]
  if (secret === undefined) throw new StorageError('the passphrase is not in the configuration any more')
  return secret
}

const resolvePath = resolveWord

/** Nobody but root may read a key, not even for a moment. */
const writeSecretly = async (path: string, content: string): Promise<void> => {
  const file = await open(path, 'w', 0o600)
  await file.writeFile(content)
  await file.sync()
  await file.close()
}
