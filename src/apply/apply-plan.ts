import { mkdir, realpath } from 'node:fs/promises'
import type { LocalAction, LocalStep } from '../plan/step.ts'
import { ApplyError } from './apply-error.ts'
import type { ApplyContext, Handler } from './context.ts'
import { copyFile } from './copy-file.ts'
import { copyMachineFile } from './copy-machine-file.ts'
import { attachExtent, formatDevice } from './device.ts'
import { installDiskFiles } from './disk-files.ts'
import { fillVfat } from './fill-vfat.ts'
import { createImage, finishImage } from './image-file.ts'
import { installPackages } from './install-packages.ts'
import { LogFileError } from './log-file.ts'
import { mountDevice, mountKernelFilesystems, mountMirror, unmountAll } from './mount.ts'
import { mountFstab } from './mount-fstab.ts'
import { writeTable } from './partition-table.ts'
import { mountRamdisk, unmountRamdisk } from './ramdisk.ts'
import { runProgram } from './run-program.ts'
import { runScript } from './run-script.ts'
import { runTool } from './run-tool.ts'
import type { Runner } from './runner.ts'
import { saveLogs } from './save-logs.ts'
import { changeStorage } from './storage/change-storage.ts'
import { endTargetProcesses } from './target-process.ts'
import { type LogListener, openTaskLog } from './task-log.ts'
import { undoStack } from './undo.ts'
import { makeDirectory, removeFile, writeFile } from './write-file.ts'

/** What carrying out steps needs of the outside. */
export type ApplySetting = {
  readonly run: Runner
  /** Where programs are found; `searchPath` of the environment that `run` was made for. */
  readonly searchPath: string
  /** The root of the installed system; made where it is missing. */
  readonly target: string
  readonly logDirectory: string
  /** An abort ends the running program with all it started; what was mounted and attached is undone nevertheless. */
  readonly signal: AbortSignal
  readonly logListener?: LogListener
}

/** What carries out each kind of action. The type demands one for every kind. */
const HANDLERS: { readonly [K in LocalAction['kind']]: Handler<K> } = {
  run: runProgram,
  'create-image': createImage,
  'write-table': writeTable,
  attach: attachExtent,
  format: formatDevice,
  'change-storage': changeStorage,
  mount: mountDevice,
  'mount-fstab': mountFstab,
  'install-disk-files': installDiskFiles,
  'mount-kernel-filesystems': mountKernelFilesystems,
  'mount-mirror': mountMirror,
  'mount-ramdisk': mountRamdisk,
  'unmount-ramdisk': unmountRamdisk,
  'fill-vfat': fillVfat,
  'unmount-all': unmountAll,
  'finish-image': finishImage,
  'make-directory': makeDirectory,
  'write-file': writeFile,
  'remove-file': removeFile,
  'copy-file': copyFile,
  'copy-machine-file': copyMachineFile,
  'run-script': runScript,
  'run-tool': runTool,
  'install-packages': installPackages,
  'save-logs': saveLogs,
}

/** Steps of one run, carried out one by one: what they mount and attach is kept until the run is closed. */
export type Applying = {
  readonly context: ApplyContext
  /** Carries one step out; rejects with an `ApplyError`. `index` counts the steps of the whole plan from 0. */
  perform(step: LocalStep, index: number): Promise<void>
  /** Undoes all that is mounted or attached, in reverse order; gives a line for each thing left behind. */
  close(): Promise<readonly string[]>
}

/** Opens a run; nothing is done but that target and log directory are there. `mask` takes secrets out of what is logged. */
export const openApply = async (
  { run, searchPath, target, logDirectory, signal, logListener }: ApplySetting,
  scriptEnvironment: (context: ApplyContext) => Readonly<Record<string, string>>,
  mask: (text: string) => string,
): Promise<Applying> => {
  await mkdir(target, { recursive: true, mode: 0o755 })
  const root = await realpath(target)
  const log = openTaskLog(logDirectory, mask, logListener)
  const context: ApplyContext = {
    scriptEnvironment: () => scriptEnvironment(context),
    target: root,
    logDirectory: await realpath(logDirectory),
    run,
    searchPath,
    log,
    undo: undoStack(() => endTargetProcesses(root)),
    devices: new Map(),
    failedScripts: [],
    packageReports: [],
    signal,
  }
  return {
    context,
    close: () => context.undo.undoAll(),
    async perform(step, index) {
      try {
        signal.throwIfAborted()
        log.line(step.task, `--- ${index + 1}. ${step.id}: ${step.title}`)
        // The table has for each kind a handler of that kind, which the compiler cannot follow through the index.
        const handler = HANDLERS[step.action.kind] as Handler<LocalAction['kind']>
        await handler(step.action, context, step)
      } catch (cause) {
        if (cause instanceof LogFileError) throw cause
        throw new ApplyError({ step, index, logFile: log.pathOf(step.task) }, cause, mask)
      }
    },
  }
}

/** The failure, which the log of its task gets too. */
export const reportFailure = (error: ApplyError, { log }: Pick<ApplyContext, 'log'>): ApplyError => {
  log.tryLine(error.step.task, error.message)
  return error
}
