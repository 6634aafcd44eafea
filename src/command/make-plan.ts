import { isAbsolute, join, resolve } from 'node:path'
import type { Config } from '../config/read-config.ts'
import { type Diagnostic, errorAt, hasErrors, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import { readArchive } from '../inspect/apt-sources.ts'
import { readConfigSpace } from '../inspect/config-space.ts'
import { configSpaceClasses } from '../inspect/config-space-classes.ts'
import { isFile } from '../inspect/folder.ts'
import { type BuildMachine, readBuildMachine } from '../inspect/machine.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import type { Archive } from '../model/archive.ts'
import type { ConfigSpace } from '../model/config-space.ts'
import { type ImagePlan, planImage } from '../plan/disk/image.ts'
import { planLogFiles } from '../plan/log-files.ts'
import type { Plan, Step } from '../plan/step.ts'
import { type BaseInput, baseArchiveName, parseDebootstrapVariable } from '../plan/system/base.ts'
import { planSystem } from '../plan/system/system.ts'
import type { ResolvedHost } from '../resolve/resolve-host.ts'
import { configSpaceDirectory } from './config-space-directory.ts'
import { type CommandDeps, EXIT, type ExitCode } from './deps.ts'
import { type LookupAnswer, lookUp } from './look-up.ts'
import { lookupObject } from './lookup-output.ts'
import { planRegisterSteps, registrationOf } from './plan-registration.ts'
import type { TargetArgs } from './target-args.ts'

/** Where a host is installed. */
export type Goal =
  | { readonly kind: 'image'; readonly path: string; readonly sizeBytes: number; readonly replace: boolean }
  | { readonly kind: 'directory' }

/** A plan, and the answer it was made from; no plan where anything was wrong. */
export type MadePlan = {
  readonly plan: Plan | undefined
  readonly answer: LookupAnswer
  readonly diagnostics: readonly Diagnostic[]
  readonly exitCode: ExitCode
}

/** Looks the host up, reads config space and machine, and plans the whole installation. Changes nothing. */
export const makePlan = async (
  host: string,
  goal: Goal,
  args: TargetArgs,
  config: Config,
  deps: CommandDeps,
): Promise<MadePlan> => {
  const directory = await configSpaceDirectory(args.configSpace, deps)
  const request = {
    host,
    facts: [],
    added: args.add,
    configSpaceClasses:
      directory.value === undefined ? new Set<string>() : await configSpaceClasses(directory.value),
    fresh: false,
  }
  const answer = await lookUp(config, request, deps)
  const found = [...directory.diagnostics, ...answer.diagnostics]
  const { resolved } = answer
  if (resolved === undefined || directory.value === undefined) {
    return {
      plan: undefined,
      answer,
      diagnostics: found,
      exitCode: answer.exitCode === EXIT.done ? EXIT.findings : answer.exitCode,
    }
  }
  const space = await readConfigSpace(directory.value, resolved.classes)
  const planned =
    space.value && (await planFrom(host, goal, { args, config, deps, answer, resolved, space: space.value }))
  const diagnostics = [...found, ...space.diagnostics, ...(planned?.diagnostics ?? [])]
  const plan = hasErrors(diagnostics) ? undefined : planned?.value
  return { plan, answer, diagnostics, exitCode: plan === undefined ? EXIT.findings : EXIT.done }
}

type Context = {
  readonly args: TargetArgs
  readonly config: Config
  readonly deps: CommandDeps
  readonly answer: LookupAnswer
  readonly resolved: ResolvedHost
  readonly space: ConfigSpace
}

const planFrom = async (asked: string, goal: Goal, context: Context): Promise<Outcome<Plan>> => {
  const { resolved, space, answer, args, deps } = context
  const variables = Object.fromEntries(
    Object.entries(resolved.variables).map(([name, { value }]) => [name, value]),
  )
  const machine = await readBuildMachine()
  const image = goal.kind === 'image' ? planGoalImage(goal, context, machine, variables) : undefined
  const archive = await archiveOf(resolved, deps)
  const registration = planRegisterSteps(context.config.register, registrationOf(answer, args.addresses))
  const base = archive.value && (await baseInput(archive.value, context))
  const parts = [image, archive, registration].flatMap(outcome => outcome?.diagnostics ?? [])
  if (hasErrors(parts) || base === undefined) return { value: undefined, diagnostics: parts }

  const origin: Origin = { kind: 'option', option: '--image' }
  const system = planSystem({
    classes: resolved.classes,
    variables,
    configSpace: space,
    base,
    architecture: machine.architecture,
    ...(image?.value === undefined
      ? { saveLogsTo: logTarget(answer, asked, 'dirinstall') }
      : { disks: { steps: image.value, origin } }),
  })
  const explained = lookupObject(answer, asked, true)
  const steps: readonly Step[] = [
    ...planLogFiles({ classes: resolved.classes, variables, explained }),
    ...(system.value ?? []),
    ...(registration.value ?? []),
  ]
  const plan: Plan = {
    host: answer.host?.short ?? asked,
    fqdn: answer.host?.fqdn,
    classes: resolved.classes,
    variables,
    diskVariables: image?.value?.diskVariables ?? {},
    faiAction: goal.kind === 'image' ? 'install' : 'dirinstall',
    configSpace: space.directory,
    steps,
  }
  return { value: system.value && plan, diagnostics: [...parts, ...system.diagnostics] }
}

const planGoalImage = (
  goal: Extract<Goal, { kind: 'image' }>,
  { space, deps, answer }: Context,
  machine: BuildMachine,
  variables: Readonly<Record<string, string>>,
): Outcome<ImagePlan> => {
  const file = space.diskConfig
  if (file === undefined) {
    const origin: Origin = { kind: 'file', path: join(space.directory, 'disk_config') }
    return {
      value: undefined,
      diagnostics: [errorAt('disk-config-missing', 'no class of the host has a file here', origin)],
    }
  }
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

/** Where the target keeps the logs of its installation (fai-semantics.md, section 6.2). */
const logTarget = (answer: LookupAnswer, asked: string, action: string): string =>
  `/var/log/fai/${answer.host?.short ?? asked}/${action}`

const archiveOf = async (resolved: ResolvedHost, deps: CommandDeps): Promise<Outcome<Archive>> => {
  const machine = await readArchive(deps.readProgram, deps.signal)
  const variable = resolved.variables['FAI_DEBOOTSTRAP']
  if (variable === undefined) return machine
  return parseDebootstrapVariable(variable.value, machine.value?.aptOptions ?? [], variable.origin)
}

const baseInput = async (archive: Archive, { resolved, args, deps }: Context): Promise<BaseInput> => {
  const variable = resolved.variables['FAI_DEBOOTSTRAP']
  const origin: Origin = variable?.origin ?? { kind: 'file', path: '/etc/apt' }
  const because = { ...(variable?.class === undefined ? {} : { class: variable.class }), origin }
  if (args.baseCache === undefined) return { archive, because }
  const path = join(resolve(deps.cwd, args.baseCache), baseArchiveName(archive))
  return { archive, because, cache: { path, present: await isFile(path) } }
}
