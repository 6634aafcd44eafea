import { mkdir, mkdtemp, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ApplyError, CleanupError, RefusedError } from '../apply/apply-error.ts'
import { applyPlan } from '../apply/apply-plan.ts'
import { makeRunner, searchPath } from '../apply/runner.ts'
import type { LocalAction, LocalStep, Plan, Step } from '../plan/step.ts'
import { type CommandDeps, EXIT, type ExitCode } from './deps.ts'

/** Where a plan is carried out. */
export type CarryOut = {
  /** The root of the installed system; a fresh directory where absent, removed afterwards. */
  readonly target?: string
  readonly logDirectory: string | undefined
  /** Updates DNS once the installation is done; the log directory has the public SSH host keys of the target. */
  readonly register: (logDirectory: string) => Promise<ExitCode>
}

/**
 * Carries out a plan: it stops at the first step that fails, and registers the host only where none did.
 * Progress goes to stderr, a line a step. A failed script or zone is exit code 1 and does not undo the rest.
 */
export const carryOut = async (plan: Plan, options: CarryOut, deps: CommandDeps): Promise<ExitCode> => {
  const logDirectory = resolve(deps.cwd, options.logDirectory ?? defaultLogDirectory(plan, deps.now()))
  await mkdir(logDirectory, { recursive: true, mode: 0o750 })
  const target = options.target ?? (await mkdtemp(join(tmpdir(), 'fai-classes-target-')))
  const local = plan.steps.filter(isLocal)
  try {
    const isDone = await applyLocal({ ...plan, steps: local }, target, logDirectory, deps)
    if (!isDone) return EXIT.findings
  } finally {
    if (options.target === undefined) await rmdir(target).catch(() => undefined)
  }
  deps.complain(`logs and the explained list (classes.json) are in ${logDirectory}`)
  return options.register(logDirectory)
}

const isLocal = (step: Step): step is LocalStep => step.action.kind !== 'update-dns'

const applyLocal = async (
  plan: Plan<LocalAction>,
  target: string,
  logDirectory: string,
  deps: CommandDeps,
): Promise<boolean> => {
  const started = deps.now()
  const onStep = (step: Step, index: number): void => {
    const seconds = Math.round((deps.now() - started) / 1000)
    deps.complain(
      `[${String(seconds).padStart(4)} s] ${index + 1}/${plan.steps.length} ${step.task}: ${step.title}`,
    )
  }
  try {
    const { failedScripts } = await applyPlan(plan, {
      run: makeRunner(deps.environment),
      searchPath: searchPath(deps.environment),
      target,
      logDirectory,
      allowDestructive: true,
      onStep,
      signal: deps.signal,
    })
    for (const { name, exitCode } of failedScripts)
      deps.complain(`script ${name} failed with exit code ${exitCode}`)
    return failedScripts.length === 0
  } catch (error) {
    if (!(error instanceof ApplyError || error instanceof RefusedError || error instanceof CleanupError))
      throw error
    deps.complain(`fai-classes: ${error.message}`)
    return false
  }
}

/** `/var/log/fai/HOST/ACTION-YYYYMMDD_HHMMSS`, as FAI has it (fai-semantics.md, section 2.1). */
const defaultLogDirectory = ({ host, faiAction }: Plan, nowMs: number): string => {
  const [date, time] = new Date(nowMs).toISOString().slice(0, 19).split('T')
  return join('/var/log/fai', host, `${faiAction}-${date?.replaceAll('-', '')}_${time?.replaceAll(':', '')}`)
}
