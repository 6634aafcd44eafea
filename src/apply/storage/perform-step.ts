import { mkdtemp, open, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReadCommand } from '../../inspect/runner.ts'
import { readSignature } from '../../inspect/storage/read-disk.ts'
import type { StorageStep, StorageStepKind, StorageWord } from '../../plan/disk/storage-plan.ts'
import { CommandError } from '../apply-error.ts'
import type { Runner } from '../runner.ts'
import { findDifferences } from './expectation.ts'
import { tellKernel } from './kernel.ts'
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

/** Does one step, tells the kernel what it must know, and rejects where the machine is then not what was planned. */
export const performStep = async (step: StorageStep, context: StepContext): Promise<void> => {
  const { stdout } = await runWords(step, context)
  if (step.stdout !== undefined) await writeSecretly(resolvePath(step.stdout, context), stdout)
  if (step.kind === 'write-table' && step.expects?.kind === 'table') {
    const numbers = step.expects.table.partitions.map(({ number }) => number)
    await tellKernel(step.device, numbers, argv => runPlain(argv, context))
  }
  const differences = await differencesAfter(step, context)
  if (differences.length > 0) throw new StorageError(differences.join('; '))
}

/** Whether the machine is already what a step would make of it; false for a step that cannot be told by looking. */
export const isDone = async (step: StorageStep, context: StepContext): Promise<boolean> =>
  step.expects !== undefined && (await differencesAfter(step, context)).length === 0

/** Clears what a step has left behind that was killed on the way; how these commands end does not matter. */
export const recoverStep = async ({ recover = [] }: StorageStep, context: StepContext): Promise<void> => {
  for (const words of recover) {
    await runPlain(
      words.map(word => resolveWord(word, context)),
      context,
    ).catch(error => {
      context.signal.throwIfAborted()
      context.log(String(error))
    })
  }
}

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
  { argv }: StorageStep,
  { logDirectory }: Pick<StepContext, 'logDirectory'>,
): string =>
  argv
    .map(word => {
      if (typeof word === 'string') return word
      if ('secret' in word) return '***'
      return 'log' in word ? join(logDirectory, word.log) : `MOUNT${word.path}`
    })
    .join(' ')

const differencesAfter = (step: StorageStep, context: StepContext): Promise<readonly string[]> =>
  step.expects === undefined
    ? Promise.resolve([])
    : findDifferences(step.expects, { read: readerOf(context), signal: context.signal })

const runWords = async (step: StorageStep, context: StepContext): Promise<{ readonly stdout: string }> => {
  const mounted = step.argv.find(word => typeof word === 'object' && 'mounted' in word)
  if (mounted === undefined)
    return runArgv(
      step,
      step.argv.map(word => resolveWord(word, context)),
      context,
    )
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-mounted-'))
  try {
    await runPlain(['mount', (mounted as { readonly mounted: string }).mounted, directory], context)
    try {
      const argv = step.argv.map(word =>
        typeof word === 'object' && 'mounted' in word
          ? join(directory, word.path)
          : resolveWord(word, context),
      )
      return await runArgv(step, argv, context)
    } finally {
      await runPlain(['umount', directory], { ...context, signal: AbortSignal.timeout(60_000) })
    }
  } finally {
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
      ...(stdin === undefined
        ? {}
        : { stdin: typeof stdin === 'string' ? stdin : resolveWord(stdin, context) }),
      timeoutSeconds: LIMIT_SECONDS[step.kind] ?? USUAL_LIMIT_SECONDS,
      // What goes into a file may be a key.
      ...(step.stdout === undefined ? { onLine: line => context.log(`  | ${line}`) } : {}),
    },
    context.signal,
  )
  const isGood = !result.timedOut && [0, ...goodExitCodes].includes(result.exitCode)
  if (!isGood) throw new CommandError(shownCommand(step, context), result)
  return result
}

const runPlain = async (argv: readonly string[], { run, log, signal }: StepContext): Promise<string> => {
  log(`$ ${argv.join(' ')}`)
  const result = await run(
    { argv, timeoutSeconds: USUAL_LIMIT_SECONDS, onLine: line => log(`  | ${line}`) },
    signal,
  )
  if (result.exitCode !== 0 || result.timedOut) throw new CommandError(argv.join(' '), result)
  return result.stdout
}

/** Reading by the same runner, so that a reader that hangs ends too. */
export const readerOf =
  ({ run }: Pick<StepContext, 'run'>): ReadCommand =>
  async (argv, signal, alsoGood = []) => {
    const result = await run({ argv, timeoutSeconds: USUAL_LIMIT_SECONDS }, signal)
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
