import { isAbsolute, join, resolve } from 'node:path'
import type { ApplyContext } from '../apply/context.ts'
import type { Config } from '../config/read-config.ts'
import { type Diagnostic, errorAt, hasErrors, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import { readArchive } from '../inspect/apt-sources.ts'
import { parseConfigSpaceUri, readConfigSpace } from '../inspect/config-space.ts'
import { configSpaceClasses } from '../inspect/config-space-classes.ts'
import { isFile } from '../inspect/folder.ts'
import { type BuildMachine, readBuildMachine } from '../inspect/machine.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import type { Archive } from '../model/archive.ts'
import type { ClassName } from '../model/class-name.ts'
import type { ConfigSpace } from '../model/config-space.ts'
import { type ImagePlan, planImage } from '../plan/disk/image.ts'
import type { Plan } from '../plan/step.ts'
import { type BaseInput, baseArchiveName, parseDebootstrapVariable } from '../plan/system/base.ts'
import { planSystem } from '../plan/system/system.ts'
import type { ResolvedHost } from '../resolve/resolve-host.ts'
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

/** A plan, and the answer it was made from; no plan where anything was wrong. */
export type MadePlan = {
  readonly plan: Plan | undefined
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
}

/** Looks the host up, reads config space and machine, and plans the whole installation. Changes nothing. */
export const makePlan = async (setting: PlanSetting): Promise<MadePlan> => {
  const { args, deps } = setting
  const directory = parseConfigSpaceUri(args.configSpace, deps.cwd)
  const answer = await askFor(setting, directory.value, args.facts, args.add)
  const found = [...directory.diagnostics, ...answer.diagnostics]
  const { resolved } = answer
  if (resolved === undefined || directory.value === undefined) {
    const exitCode = answer.exitCode === EXIT.done ? EXIT.findings : answer.exitCode
    return { plan: undefined, answer, diagnostics: found, exitCode }
  }
  const planned = await planFor(setting, { answer, resolved, configSpace: directory.value })
  const diagnostics = [...found, ...planned.diagnostics]
  const plan = hasErrors(diagnostics) ? undefined : planned.value
  return { plan, answer, diagnostics, exitCode: plan === undefined ? EXIT.findings : EXIT.done }
}

/** Looks the host up for an installation: the files of the config space make classes known. */
export const askFor = async (
  { host, args, config, deps }: PlanSetting,
  configSpace: string | undefined,
  facts: readonly ClassName[],
  added: readonly ClassName[],
): Promise<LookupAnswer> => {
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

/** Plans everything but the class list; faults of the config space are told with the rest. */
export const planFor = async (setting: PlanSetting, subject: PlanSubject): Promise<Outcome<Plan>> => {
  const space = await readConfigSpace(subject.configSpace, subject.resolved.classes)
  if (space.value === undefined) return { value: undefined, diagnostics: space.diagnostics }
  const variables = subject.variables ?? settingsOf(subject.resolved)
  const planned = await planFrom({ ...setting, ...subject, variables, space: space.value })
  return { value: planned.value, diagnostics: [...space.diagnostics, ...planned.diagnostics] }
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
  const { host: asked, goal, resolved, space, answer, args, deps, variables } = context
  const machine = await readBuildMachine()
  const image = goal.kind === 'image' ? planGoalImage(goal, context, machine) : undefined
  const own = goal.kind === 'machine' ? await planOwn(goal, context, machine) : undefined
  const archive = await archiveOf(context, deps)
  const registration = planRegisterSteps(context.config.register, registrationOf(answer, args.addresses))
  const base = archive.value && (await baseInput(archive.value, context))
  const parts = [image, own, archive, registration].flatMap(outcome => outcome?.diagnostics ?? [])
  if (hasErrors(parts) || base === undefined) return { value: undefined, diagnostics: parts }

  const origin: Origin = { kind: 'option', option: '--image' }
  const system = planSystem({
    classes: resolved.classes,
    variables,
    configSpace: space,
    base,
    architecture: machine.architecture,
    ...(own?.value === undefined ? {} : { ownDisks: own.value.steps }),
    ...(image?.value === undefined
      ? { saveLogsTo: logTarget(answer, asked, 'dirinstall') }
      : { disks: { steps: image.value, origin } }),
  })
  const plan: Plan = {
    host: answer.host?.short ?? asked,
    fqdn: answer.host?.fqdn,
    classes: resolved.classes,
    variables,
    diskVariables: image?.value?.diskVariables ?? own?.value?.storage.diskVariables ?? {},
    faiAction: actionOf(goal),
    configSpace: space.directory,
    steps: [...(system.value ?? []), ...(registration.value ?? [])],
  }
  return { value: system.value && plan, diagnostics: [...parts, ...system.diagnostics] }
}

/** FAI's name of the action that reaches a goal. */
export const actionOf = (goal: Goal): 'install' | 'dirinstall' =>
  goal.kind === 'directory' ? 'dirinstall' : 'install'

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
    saveLogsTo: logTarget(answer, answer.host?.short ?? '', 'install'),
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
    saveLogsTo: logTarget(answer, asked, 'install'),
    ...(run === undefined ? {} : { run }),
  })
}

/** Where the target keeps the logs of its installation (fai-semantics.md, section 6.2). */
const logTarget = (answer: LookupAnswer, asked: string, action: string): string =>
  `/var/log/fai/${answer.host?.short ?? asked}/${action}`

const archiveOf = async (context: Context, deps: CommandDeps): Promise<Outcome<Archive>> => {
  const machine = await readArchive(deps.readProgram, deps.signal)
  const text = context.variables['FAI_DEBOOTSTRAP']
  if (text === undefined) return machine
  return parseDebootstrapVariable(text, machine.value?.aptOptions ?? [], baseOrigin(context))
}

/** Where the archive is named: in a source, in a file of the config space that the run has read, or by this machine. */
const baseOrigin = ({ resolved, variables, space }: Context): Origin => {
  const variable = resolved.variables['FAI_DEBOOTSTRAP']
  if (variable !== undefined) return variable.origin
  const path = variables['FAI_DEBOOTSTRAP'] === undefined ? '/etc/apt' : join(space.directory, 'class')
  return { kind: 'file', path }
}

const baseInput = async (archive: Archive, context: Context): Promise<BaseInput> => {
  const { resolved, args, deps } = context
  const name = resolved.variables['FAI_DEBOOTSTRAP']?.class
  const because = { ...(name === undefined ? {} : { class: name }), origin: baseOrigin(context) }
  if (args.baseCache === undefined) return { archive, because }
  const path = join(resolve(deps.cwd, args.baseCache), baseArchiveName(archive))
  return { archive, because, cache: { path, present: await isFile(path) } }
}
