import { errorAt, type Origin, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Archive } from '../../model/archive.ts'
import type { Word } from '../step.ts'
import { parseDebootstrapOptions, type TranslatedOptions } from './debootstrap-options.ts'

/** A base system that is made from packages, and the program that makes it. */
export type Bootstrap = {
  readonly archive: Archive
  /** Of dpkg; that of the build machine where absent. */
  readonly architecture?: string
  readonly command:
    | { readonly program: 'mmdebstrap'; readonly options: readonly string[] }
    /** `options` as they are written, then suite, target, mirror and perhaps a script. */
    | {
        readonly program: 'debootstrap'
        readonly options: readonly string[]
        readonly mirror: string
        readonly script?: string
      }
}

/** What this machine's own apt has: as little as apt needs, for it is nobody's wish. Pure. */
export const machineBootstrap = (archive: Archive): Bootstrap => ({
  archive,
  command: { program: 'mmdebstrap', options: ['--variant=minbase'] },
})

/** FAI's variables, and what reaches the archives. */
export type BootstrapVariables = {
  /** `FAI_DEBOOTSTRAP`: suite, mirror, and perhaps a script of debootstrap. */
  readonly text: string
  /** `FAI_DEBOOTSTRAP_OPTS`. */
  readonly options: string
  readonly aptOptions: readonly string[]
  /** Where each of them is written. */
  readonly origin: Origin
  readonly optionsOrigin: Origin
}

/**
 * FAI's `FAI_DEBOOTSTRAP` and `FAI_DEBOOTSTRAP_OPTS`. mmdebstrap makes the same set of packages in a third of the time,
 * so it is taken where it has every option. Pure.
 *
 *     all options are mmdebstrap's too   a script is named   made by
 *     yes                                no                  mmdebstrap
 *     yes                                yes                 debootstrap
 *     no                                                     debootstrap
 */
export const parseBootstrap = (variables: BootstrapVariables): Outcome<Bootstrap> => {
  const { text, aptOptions, origin } = variables
  const [suite, mirror, script, ...more] = text.trim().split(/\s+/)
  if (!suite || !mirror || more.length > 0 || !/^[a-z][a-z0-9+.-]*:\/{1,3}[^/]/.test(mirror)) {
    const message = `FAI_DEBOOTSTRAP is a suite and a mirror, found "${text}"`
    return { value: undefined, diagnostics: [errorAt('bad-variable', message, origin)] }
  }
  const { value: options, diagnostics } = parseDebootstrapOptions(variables.options, variables.optionsOrigin)
  if (options === undefined) return { value: undefined, diagnostics }
  const architecture = options.architecture === undefined ? {} : { architecture: options.architecture }
  const archive = { suite, sources: sourcesOf(suite, mirror, options), aptOptions }
  const isTranslated = options.untranslated.length === 0 && script === undefined
  const command: Bootstrap['command'] = isTranslated
    ? { program: 'mmdebstrap', options: options.translated }
    : {
        program: 'debootstrap',
        options: options.written,
        mirror,
        ...(script === undefined ? {} : { script }),
      }
  return { value: { archive, ...architecture, command }, diagnostics }
}

const sourcesOf = (
  suite: string,
  mirror: string,
  { extraSuites, components, isTrusted }: TranslatedOptions,
): readonly string[] => {
  // The sources of the target have it as debootstrap writes it.
  const start = `deb ${isTrusted ? '[trusted=yes] ' : ''}${mirror.replace(/\/$/, '')}`
  return [suite, ...extraSuites].map(each => `${start} ${each} ${components.join(' ')}`)
}

/** Without it usrmerge is installed, and perl with it, to merge what debootstrap makes merged. */
const MERGED = '--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr'

/** The whole command; `to` is a directory, or a file for `--format=tar`. `options` are for mmdebstrap alone. Pure. */
export const bootstrapCommand = <To extends Word>(
  { archive, command }: Bootstrap,
  options: readonly string[],
  to: To,
): readonly (string | To)[] => {
  const { suite, sources, aptOptions } = archive
  if (command.program === 'debootstrap') {
    const script = command.script === undefined ? [] : [command.script]
    return ['debootstrap', ...command.options, suite, to, command.mirror, ...script]
  }
  return [
    'mmdebstrap',
    '--mode=root',
    MERGED,
    ...command.options,
    ...options,
    '--dpkgopt=force-unsafe-io',
    '--aptopt=Acquire::Languages "none"',
    ...aptOptions.map(option => `--aptopt=${option.replace(/;$/, '')}`),
    suite,
    to,
    ...sources,
  ]
}
