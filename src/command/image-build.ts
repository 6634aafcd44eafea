import { resolve } from 'node:path'
import { CommandError } from '../apply/apply-error.ts'
import { makeRunner } from '../apply/runner.ts'
import { configCandidates, readConfig } from '../config/read-config.ts'
import { errorAt, hasErrors, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { buildImage, type ImageManifest } from '../image/build-image.ts'
import { defaultKernel } from '../image/image-packages.ts'
import { type ImagePlan, planImage } from '../image/plan-image.ts'
import { readAptReleases } from '../inspect/apt-releases.ts'
import { readArchive } from '../inspect/apt-sources.ts'
import { readBuildMachine } from '../inspect/machine.ts'
import { type CommandDeps, complainAll, EXIT, type ExitCode, UsageError } from './deps.ts'
import type { ImageArgs } from './image.ts'
import { parseClasses } from './target-args.ts'

/**
 * What the image is made of: the archives of this machine, as its package lists are now. A package that none of them has is
 * `image-package-missing`.
 */
export const planNetbootImage = async (args: ImageArgs, deps: CommandDeps): Promise<Outcome<ImagePlan>> => {
  const [archive, firmware, releases, { architecture }] = await Promise.all([
    readArchive(deps.readProgram, deps.signal),
    firmwareOf(args, deps),
    readAptReleases(),
    readBuildMachine(),
  ])
  const kernel = args.kernel ?? defaultKernel(architecture)
  const morePackages = [...args.package, ...args.firmware, ...(firmware.value ?? [])]
  const missing = await missingPackages([kernel, ...morePackages], deps)
  const diagnostics = [...archive.diagnostics, ...firmware.diagnostics, ...missing]
  if (archive.value === undefined || hasErrors(diagnostics)) return { value: undefined, diagnostics }
  const plan = planImage({
    archive: archive.value,
    kernel,
    morePackages,
    mtimeSeconds: epochOf(deps) ?? releases.newestSeconds,
    level: args.level,
    releases: releases.digest,
  })
  return { value: plan, diagnostics }
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
const epochOf = ({ environment }: CommandDeps): number | undefined => {
  const text = environment['SOURCE_DATE_EPOCH']
  if (text !== undefined && !/^\d{1,10}$/.test(text))
    throw new UsageError(`SOURCE_DATE_EPOCH "${text}" is no number of seconds`)
  return text === undefined ? undefined : Number(text)
}

/** `image.firmware` of the configuration, if there is one: of the classes asked for, else of all. */
const firmwareOf = async (args: ImageArgs, deps: CommandDeps): Promise<Outcome<readonly string[]>> => {
  const asked = parseClasses('--class', args.class)
  const { value, diagnostics } = await readConfig(
    configCandidates(args.config, deps.configVariable),
    deps.cwd,
  )
  const isNamed = args.config !== undefined || (deps.configVariable ?? '') !== '' || asked.length > 0
  if (!isNamed && diagnostics.some(({ code }) => code === 'config-missing'))
    return { value: [], diagnostics: [] }
  const byClass = Object.entries(value?.image?.firmware ?? {})
  const chosen = byClass.filter(([name]) => asked.length === 0 || asked.some(each => each === name))
  return { value: chosen.flatMap(([, packages]) => packages), diagnostics }
}

/** Exit code of `apt-cache show` where it does not know one of several names. */
const SOME_UNKNOWN = 100

const missingPackages = async (names: readonly string[], { readProgram, signal }: CommandDeps) => {
  const argv = ['apt-cache', 'show', '--no-all-versions', ...names] as const
  const known = await readProgram([...argv], signal, [SOME_UNKNOWN])
  const present = new Set([...known.matchAll(/^Package: (.*)$/gm)].map(([, name]) => name))
  const origin = { kind: 'file', path: '/etc/apt' } as const
  return [...new Set(names)]
    .filter(name => !present.has(name))
    .map(name =>
      errorAt(
        'image-package-missing',
        `no archive of this machine has the package "${name}" (firmware is in the component non-free-firmware)`,
        origin,
      ),
    )
}

/** Makes the image as root. Drivers of network cards without their firmware are the warning `firmware-missing`. */
export const buildNetbootImage = async (
  plan: ImagePlan,
  output: string,
  { cache }: Pick<ImageArgs, 'cache'>,
  deps: CommandDeps,
): Promise<ExitCode> => {
  if (!deps.isRoot)
    throw new EnvironmentError('making an image needs root: mmdebstrap mounts and changes roots')
  try {
    const manifest = await buildImage(plan, output, {
      run: makeRunner(deps.environment),
      signal: deps.signal,
      cache: resolve(deps.cwd, cache),
      program: resolve(deps.toolsDirectory, '../..'),
      node: deps.nodePath,
      onStep: deps.complain,
    })
    complainAll(deps, firmwareWarnings(manifest))
    for (const [name, { sizeBytes }] of Object.entries(manifest.files))
      deps.print(`${resolve(output, name)}: ${(sizeBytes / 1e6).toFixed(1)} MB`)
    return EXIT.done
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    deps.complain(
      [`${error.command}: ${error.message}`, ...error.result.tail.map(line => `  | ${line}`)].join('\n'),
    )
    return EXIT.findings
  }
}

const firmwareWarnings = ({ missingFirmware }: ImageManifest) => {
  const drivers = Object.keys(missingFirmware).sort()
  if (drivers.length === 0) return []
  const message = `drivers of network cards without their firmware, which manifest.json names: ${drivers.join(', ')}`
  return [warningAt('firmware-missing', message, { kind: 'option', option: '--firmware' })]
}
