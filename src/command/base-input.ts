import { join, resolve } from 'node:path'
import { hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import { readArchive } from '../inspect/apt-sources.ts'
import { findBaseArchive } from '../inspect/base-archive.ts'
import { isFile } from '../inspect/folder.ts'
import { findVariablePlace } from '../inspect/variable-place.ts'
import type { Archive } from '../model/archive.ts'
import type { Because } from '../plan/step.ts'
import { type BaseInput, baseArchiveName } from '../plan/system/base.ts'
import { type Bootstrap, machineBootstrap, parseBootstrap } from '../plan/system/bootstrap.ts'
import type { ResolvedHost } from '../resolve/resolve-host.ts'
import type { CommandDeps } from './deps.ts'

/** What the base system of a host depends on. */
export type BaseQuestion = {
  readonly resolved: ResolvedHost
  /** All of the run, by name. */
  readonly variables: Readonly<Record<string, string>>
  /** Directory of the config space. */
  readonly configSpace: string
  readonly baseCache: string | undefined
}

/**
 * Where the base system comes from (fai-semantics.md, section 2.3): an archive of the highest class, else what
 * `FAI_DEBOOTSTRAP` says, else, where FAI would give up, the archives of this machine.
 */
export const readBaseInput = async (
  question: BaseQuestion,
  deps: CommandDeps,
): Promise<Outcome<BaseInput>> => {
  const found = await findArchive(question, deps)
  if (hasErrors(found.diagnostics)) return { value: undefined, diagnostics: found.diagnostics }
  const machine = await readArchive(deps.readProgram, deps.signal)
  const { value: archive } = found
  if (archive !== undefined) {
    const { place } = archive
    const origin =
      place.kind === 'file'
        ? ({ kind: 'file', path: place.path } as const)
        : (await placeOf('FAI_BASEFILEURL', question)).origin
    const because = { class: archive.class, origin }
    const aptOptions = machine.value?.aptOptions ?? []
    return { value: { kind: 'archive', archive, aptOptions, because }, diagnostics: found.diagnostics }
  }
  const made = await readBootstrap(question, machine, deps)
  return { value: made.value, diagnostics: [...found.diagnostics, ...made.diagnostics] }
}

const findArchive = async (
  { resolved, variables, configSpace, ...question }: BaseQuestion,
  deps: CommandDeps,
) => {
  const { classes } = resolved
  const text = variables['FAI_BASEFILEURL'] ?? ''
  const { origin } = await placeOf('FAI_BASEFILEURL', { resolved, variables, configSpace, ...question })
  const query = { configSpace, classes, ...(text === '' ? {} : { url: { text, origin } }) }
  return findBaseArchive(query, deps.readProgram, deps.signal)
}

const readBootstrap = async (
  question: BaseQuestion,
  machine: Outcome<Archive>,
  deps: CommandDeps,
): Promise<Outcome<BaseInput>> => {
  const { variables, baseCache } = question
  const text = variables['FAI_DEBOOTSTRAP'] ?? ''
  if (text === '') {
    const because: Because = { origin: { kind: 'file', path: '/etc/apt' } }
    const bootstrap = machine.value && machineBootstrap(machine.value)
    const value = bootstrap && (await withCache(bootstrap, because, baseCache, deps))
    return { value, diagnostics: machine.diagnostics }
  }
  const because = await placeOf('FAI_DEBOOTSTRAP', question)
  const { value: bootstrap, diagnostics } = parseBootstrap({
    text,
    options: variables['FAI_DEBOOTSTRAP_OPTS'] ?? '',
    aptOptions: machine.value?.aptOptions ?? [],
    origin: because.origin,
    optionsOrigin: (await placeOf('FAI_DEBOOTSTRAP_OPTS', question)).origin,
  })
  return { value: bootstrap && (await withCache(bootstrap, because, baseCache, deps)), diagnostics }
}

/** Where a variable is written: in a source, or in a file of the config space that the run has read. */
const placeOf = async (name: string, { resolved, configSpace }: BaseQuestion): Promise<Because> => {
  const variable = resolved.variables[name]
  if (variable === undefined) return findVariablePlace(configSpace, resolved.classes, name)
  const { class: className, origin } = variable
  return { ...(className === undefined ? {} : { class: className }), origin }
}

const withCache = async (
  bootstrap: Bootstrap,
  because: Because,
  baseCache: string | undefined,
  deps: CommandDeps,
): Promise<BaseInput> => {
  const base = { kind: 'bootstrap', bootstrap, because } as const
  if (baseCache === undefined) return base
  const path = join(resolve(deps.cwd, baseCache), baseArchiveName(bootstrap))
  return { ...base, cache: { path, present: await isFile(path) } }
}
