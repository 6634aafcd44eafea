import { isAbsolute, join, resolve } from 'node:path'
import type { ApplyContext } from '../apply/context.ts'
import type { Config } from '../config/read-config.ts'
import { type Diagnostic, errorAt, hasErrors, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import { readConfigSpace } from '../inspect/config-space.ts'
import { configSpaceClasses } from '../inspect/config-space-classes.ts'
import { findExecuted } from '../inspect/config-space-executed.ts'
import { type BuildMachine, readBuildMachine } from '../inspect/machine.ts'
import { readOwnAddresses } from '../inspect/own-addresses.ts'
import type { RunListener } from '../install/run-event.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import type { ClassName } from '../model/class-name.ts'
import type { ConfigSpace } from '../model/config-space.ts'
import { type ImagePlan, planImage } from '../plan/disk/image.ts'
import type { Plan } from '../plan/step.ts'
import { baseArchitecture } from '../plan/system/base.ts'
import { planSystem } from '../plan/system/system.ts'
import { planUpdate } from '../plan/system/update.ts'
import { tasksOf } from '../plan/task.ts'
import type { ResolvedHost } from '../resolve/resolve-host.ts'
import { readBaseInput } from './base-input.ts'
import { configSpaceDirectory } from './config-space-directory.ts'
import { type CommandDeps, EXIT, type ExitCode } from './deps.ts'
import { DISKS_LOG_DIRECTORY } from './log-directory.ts'
import { type LookupAnswer, lookUp } from './look-up.ts'
import { type MachineGoal, type OwnDisks, planGoalMachine } from './own-disks.ts'
import { planRegisterSteps, registrationOf } from './plan-registration.ts'
import type { TargetArgs } from './target-args.ts'

/** Where a host is installed. */
export type Goal =
  | { readonly kind: 'image'; readonly path: string; readonly sizeBytes: number; readonly replace: boolean }
  | { readonly kind: 'directory' }
  | MachineGoal
  /** Nowhere: an action that installs nothing. */
  | { readonly kind: 'action'; readonly name: string }
  /** The system that is there is brought to its class list; `/` is the one that runs. */
  | { readonly kind: 'update'; readonly target: string; readonly format: 'text' | 'json' }

/** An update of a system that is there. */
export type UpdateGoal = Extract<Goal, { kind: 'update' }>

/** A plan, and the answer it was made from; no plan where anything was wrong. */
export type MadePlan = {
  readonly planned: PlannedHost | undefined
  readonly answer: LookupAnswer
  readonly diagnostics: readonly Diagnostic[]
  readonly exitCode: ExitCode
}

/** What every plan of one command depends on. */
export type PlanSetting = {
  /** As the command line names the host. */
  readonly host: string
  readonly goal: Goal
  readonly args: TargetArgs
  readonly config: Config
  readonly deps: CommandDeps
  /** Where the machine was booted to be what a server says, and has no sources of its own. */
  readonly netboot?: NetbootSetting
}

/** What a machine that was booted from the network has in place of sources. */
export type NetbootSetting = {
  /** Who the host is, before its class scripts are run. */
  readonly identify: () => LookupAnswer
  /** The class list for what class scripts found. */
  readonly lookUp: (facts: readonly ClassName[], added: readonly ClassName[]) => Promise<LookupAnswer>
  /** What scripts find of the network and of the kernel's command line. */
  readonly variables: Readonly<Record<string, string>>
  /** Gets what happens, too. */
  readonly listener: RunListener
}

/** Looks the host up, reads config space and machine, and plans the whole installation. Changes nothing. */
export const makePlan = async (setting: PlanSetting): Promise<MadePlan> => {
  const { args, deps } = setting
  const directory = await configSpaceDirectory(args.configSpace, deps)
  const answer = await askFor(setting, directory.value, args.facts, args.add)
  const found = [...directory.diagnostics, ...answer.diagnostics]
  const { resolved } = answer
  if (resolved === undefined || directory.value === undefined) return withoutPlan(answer, found)
  const made = await planFor(setting, { answer, resolved, configSpace: directory.value })
  const left = { classFiles: true, hooksOf: tasksOf(actionOf(setting.goal)) }
  const unknown = await findExecuted(directory.value, resolved.classes, left)
  const diagnostics = [...found, ...unknown, ...made.diagnostics]
  const planned = hasErrors(diagnostics) ? undefined : made.value
  return { planned, answer, diagnostics, exitCode: planned === undefined ? EXIT.findings : EXIT.done }
}

/** No plan, because something was wrong before there could be one. */
export const withoutPlan = (answer: LookupAnswer, diagnostics: readonly Diagnostic[]): MadePlan => {
  const exitCode = answer.exitCode === EXIT.done ? EXIT.findings : answer.exitCode
  return { planned: undefined, answer, diagnostics, exitCode }
}

/** Looks the host up for an installation: the files of the config space make classes known. */
export const askFor = async (
  { host, args, config, deps, netboot }: PlanSetting,
  configSpace: string | undefined,
  facts: readonly ClassName[],
  added: readonly ClassName[],
): Promise<LookupAnswer> => {
  if (netboot !== undefined) return netboot.lookUp(facts, added)
  const known = configSpace === undefined ? new Set<string>() : await configSpaceClasses(configSpace)
  return lookUp(config, { host, facts, added, configSpaceClasses: known, fresh: args.fresh }, deps)
}

/** What an installation of a host that was looked up is planned from. */
export type PlanSubject = {
  readonly answer: LookupAnswer
  readonly resolved: ResolvedHost
  /** Directory of the config space. */
  readonly configSpace: string
  /** Those of the run, where class scripts and `.var` files were read; those of the sources where absent. */
  readonly variables?: Readonly<Record<string, string>>
  /** The run that will carry the plan out; absent where it is only shown. */
  readonly run?: ApplyContext
}

/** A plan, and what of the config space it was made from. */
export type PlannedHost = { readonly plan: Plan; readonly space: ConfigSpace }

/** Plans everything but the class list; faults of the config space are told with the rest. */
export const planFor = async (setting: PlanSetting, subject: PlanSubject): Promise<Outcome<PlannedHost>> => {
  const space = await readConfigSpace(subject.configSpace, subject.resolved.classes)
  if (space.value === undefined) return { value: undefined, diagnostics: space.diagnostics }
  const variables = subject.variables ?? settingsOf(subject.resolved)
  const planned = await planFrom({ ...setting, ...subject, variables, space: space.value })
  const value = planned.value && { plan: planned.value, space: space.value }
  return { value, diagnostics: [...space.diagnostics, ...planned.diagnostics] }
}

/** What the sources set, by name. */
export const settingsOf = ({ variables }: ResolvedHost): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, { value }]) => [name, value]))

type Context = PlanSetting &
  PlanSubject & {
    readonly variables: Readonly<Record<string, string>>
    readonly space: ConfigSpace
  }

const planFrom = async (context: Context): Promise<Outcome<Plan>> => {
  const { goal, args, answer } = context
  const request = registrationOf(answer, args.addresses, await ownAddresses(goal))
  const registration = await planRegisterSteps(context.config, request, context.deps)
  const system = await (goal.kind === 'update' ? planGoalUpdate(goal, context) : planGoalSystem(context))
  const diagnostics = [...registration.diagnostics, ...system.diagnostics]
  if (hasErrors(diagnostics) || system.value === undefined) return { value: undefined, diagnostics }
  const plan: Plan = {
    host: answer.host?.short ?? context.host,
    fqdn: answer.host?.fqdn,
    classes: context.resolved.classes,
    variables: context.variables,
    diskVariables: system.value.diskVariables,
    faiAction: actionOf(goal),
    configSpace: context.space.directory,
    templates: context.space.templates,
    steps: [...system.value.steps, ...(registration.value ?? [])],
  }
  return { value: plan, diagnostics }
}

/** Those of the machine that is installed; a plan for another one, and a build host, have none to give (contract, section 8). */
export const ownAddresses = async (goal: Goal): Promise<readonly string[]> =>
  goal.kind === 'machine' && goal.description === undefined ? readOwnAddresses() : []

/** Steps of one goal, and the variables that its disks have. */
type GoalSteps = Pick<Plan, 'steps' | 'diskVariables'>

const planGoalUpdate = (
  { target }: UpdateGoal,
  { host, args, resolved, space, answer, variables }: Context,
): Outcome<GoalSteps> => {
  const { value, diagnostics } = planUpdate({
    classes: resolved.classes,
    configSpace: space,
    scriptSeconds: args.scriptSeconds,
    isRunning: target === '/',
    saveLogsTo: logTarget(answer, host, 'softupdate', variables),
  })
  return { value: value && { steps: value, diskVariables: {} }, diagnostics }
}

const planGoalSystem = async (context: Context): Promise<Outcome<GoalSteps>> => {
  const { host: asked, goal, resolved, space, answer, args, deps, variables } = context
  const machine = await readBuildMachine()
  const image = goal.kind === 'image' ? planGoalImage(goal, context, machine) : undefined
  const own = goal.kind === 'machine' ? await planOwn(goal, context, machine) : undefined
  const base = await readBaseInput(
    { resolved, variables, configSpace: space.directory, baseCache: args.baseCache },
    deps,
  )
  const parts = [image, own, base].flatMap(outcome => outcome?.diagnostics ?? [])
  if (hasErrors(parts) || base.value === undefined) return { value: undefined, diagnostics: parts }

  const origin: Origin = { kind: 'option', option: '--image' }
  const system = planSystem({
    classes: resolved.classes,
    variables,
    configSpace: space,
    scriptSeconds: args.scriptSeconds,
    base: base.value,
    architecture: baseArchitecture(base.value) ?? machine.architecture,
    ...(own?.value === undefined ? {} : { ownDisks: own.value.steps }),
    ...(image?.value === undefined
      ? { saveLogsTo: logTarget(answer, asked, 'dirinstall', variables) }
      : { disks: { steps: image.value, origin } }),
  })
  const diskVariables = image?.value?.diskVariables ?? own?.value?.storage.diskVariables ?? {}
  const value = system.value && { steps: system.value, diskVariables }
  return { value, diagnostics: [...parts, ...system.diagnostics] }
}

/** FAI's name of the action that reaches a goal. */
export const actionOf = (goal: Goal): string => (goal.kind === 'action' ? goal.name : ACTIONS[goal.kind])

const ACTIONS = {
  image: 'install',
  machine: 'install',
  directory: 'dirinstall',
  update: 'softupdate',
} as const

const planGoalImage = (
  goal: Extract<Goal, { kind: 'image' }>,
  { space, deps, answer, variables }: Context,
  machine: BuildMachine,
): Outcome<ImagePlan> => {
  const file = space.diskConfig
  if (file === undefined) return withoutDiskConfig(space)
  const parsed = parseDiskConfig(file.text, file.path)
  if (parsed.value === undefined) return { value: undefined, diagnostics: parsed.diagnostics }
  const planned = planImage({
    diskConfig: parsed.value,
    class: file.class,
    origin: { kind: 'option', option: '--image' },
    path: isAbsolute(goal.path) ? goal.path : resolve(deps.cwd, goal.path),
    sizeBytes: goal.sizeBytes,
    replace: goal.replace,
    memoryBytes: machine.memoryBytes,
    newUuid: deps.newUuid,
    hasFilesystem: machine.hasFilesystem,
    variables,
    saveLogsTo: logTarget(answer, answer.host?.short ?? '', 'install', variables),
  })
  return { value: planned.value, diagnostics: [...parsed.diagnostics, ...planned.diagnostics] }
}

const withoutDiskConfig = ({ directory }: ConfigSpace): Outcome<never> => {
  const origin: Origin = { kind: 'file', path: join(directory, 'disk_config') }
  const missing = errorAt('disk-config-missing', 'no class of the host has a file here', origin)
  return { value: undefined, diagnostics: [missing] }
}

const planOwn = async (
  goal: MachineGoal,
  { space, host: asked, args, deps, answer, variables, run }: Context,
  { hasFilesystem }: BuildMachine,
): Promise<Outcome<OwnDisks>> => {
  const file = space.diskConfig
  if (file === undefined) return withoutDiskConfig(space)
  const given = args.logDirectory === undefined ? DISKS_LOG_DIRECTORY : resolve(deps.cwd, args.logDirectory)
  return planGoalMachine({
    ...{ goal, file, variables, hasFilesystem, deps },
    host: answer.host?.short ?? asked,
    flags: args.flags,
    logDirectory: run?.logDirectory ?? given,
    saveLogsTo: logTarget(answer, asked, 'install', variables),
    ...(run === undefined ? {} : { run }),
  })
}

/** Where the target keeps the logs of its installation (fai-semantics.md, section 6.2). */
const logTarget = (
  answer: LookupAnswer,
  asked: string,
  action: string,
  { fai_rundate: date = 'DATE' }: Readonly<Record<string, string>>,
): string => `/var/log/fai/${answer.host?.short ?? asked}/${action}-${date}`
