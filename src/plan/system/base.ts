import { createHash } from 'node:crypto'
import { basename, dirname } from 'node:path'
import type { BaseArchive } from '../../model/archive.ts'
import { CURL } from '../../model/curl.ts'
import type { Because, Step, Word } from '../step.ts'
import { type Bootstrap, bootstrapCommand } from './bootstrap.ts'
import { systemStep } from './system-step.ts'

/** What a base system is made of, and why of this: a file of the config space, a variable, or the machine's own apt. */
export type BaseInput = { readonly because: Because } & (
  | { readonly kind: 'archive'; readonly archive: BaseArchive; readonly aptOptions: readonly string[] }
  | {
      readonly kind: 'bootstrap'
      readonly bootstrap: Bootstrap
      /** Where the base system is kept as an archive for the next run, and whether it is there; not kept where absent. */
      readonly cache?: { readonly path: string; readonly present: boolean }
    }
)

/** How the archives are reached from the build machine, and dpkg without fsync. */
const APT_DROP_IN = '/etc/apt/apt.conf.d/90fai'
const DPKG_DROP_IN = '/etc/dpkg/dpkg.cfg.d/90fai'
/** The same, left by mmdebstrap. */
const MMDEBSTRAP_DROP_INS = ['/etc/apt/apt.conf.d/99mmdebstrap', '/etc/dpkg/dpkg.cfg.d/99mmdebstrap']

const LIMIT_SECONDS = 1800

/** The base system (task `extrbase`). Pure. */
export const planBase = (base: BaseInput): readonly Step[] => {
  switch (base.kind) {
    case 'archive':
      return [...unpackArchive(base.archive, base.because), ...dropIns(base.aptOptions, base.because)]
    case 'bootstrap': {
      const { bootstrap, because } = base
      if (bootstrap.command.program === 'mmdebstrap') return withMmdebstrap(base)
      return [
        baseStep('bootstrap', titleOf(bootstrap), bootstrapCommand(bootstrap, [], { target: '/' }), because),
        ...dropIns(bootstrap.archive.aptOptions, because),
      ]
    }
  }
}

const baseStep = (id: string, title: string, argv: readonly Word[], because: Because): Step =>
  systemStep('extrbase', `base.${id}`, title, { kind: 'run', argv, timeoutSeconds: LIMIT_SECONDS }, [because])

const titleOf = ({ archive, architecture, command }: Bootstrap): string =>
  `make a base system of ${archive.suite}${architecture === undefined ? '' : ` for ${architecture}`} with ${command.program}`

const unpackStep = (title: string, archive: Word, because: Because): Step => {
  const argv = ['tar', '--extract', '--numeric-owner', '--xattrs', '--xattrs-include=*', '--file', archive]
  return baseStep('unpack', title, [...argv, '--directory', { target: '/' }], because)
}

/** A server that sends nothing for a minute, or more than this, is given up. */
const FETCH_LIMITS = ['--connect-timeout', '30', '--speed-time', '60', '--max-filesize', String(16 * 2 ** 30)]

const unpackArchive = ({ place }: BaseArchive, because: Because): readonly Step[] => {
  if (place.kind === 'file') return [unpackStep(`unpack ${place.path}`, place.path, because)]
  const file: Word = { target: `/${basename(place.url)}` }
  const fetch = [...CURL, '--retry', '2', ...FETCH_LIMITS]
  return [
    baseStep('fetch', `fetch ${place.url}`, [...fetch, '--output', file, place.url], because),
    unpackStep('unpack it', file, because),
    systemStep('extrbase', 'base.fetched', 'remove the archive', { kind: 'remove-file', path: file }, [
      because,
    ]),
  ]
}

const dropIns = (aptOptions: readonly string[], because: Because): readonly Step[] =>
  [
    { path: APT_DROP_IN, lines: ['Acquire::Languages "none";', ...aptOptions] },
    { path: DPKG_DROP_IN, lines: ['force-unsafe-io'] },
  ].map(({ path, lines }) =>
    systemStep(
      'extrbase',
      `base.write.${path}`,
      `write ${path} for the time of the installation`,
      { kind: 'write-file', path: { target: path }, content: `${lines.join('\n')}\n`, mode: 0o644 },
      [because],
    ),
  )

/**
 * With a cache, the archive is made under another name, renamed and then unpacked, so that a run that was stopped leaves
 * no half archive behind.
 *
 *     cache     archive present   steps
 *     none                        bootstrap into the target
 *     given     no                make its directory, bootstrap to an archive, rename, unpack
 *     given     yes               unpack
 */
const withMmdebstrap = ({
  bootstrap,
  because,
  cache,
}: Extract<BaseInput, { kind: 'bootstrap' }>): readonly Step[] => {
  const title = titleOf(bootstrap)
  if (cache === undefined) {
    // The package lists stay: the `apt-get update` that follows finds them new.
    const options = ['--format=directory', '--skip=check/empty', '--skip=cleanup/apt/lists']
    return [baseStep('bootstrap', title, bootstrapCommand(bootstrap, options, { target: '/' }), because)]
  }
  const part = `${cache.path}.part`
  const directory = dirname(cache.path)
  const make = [
    baseStep('cache', `make the directory ${directory}`, ['mkdir', '--parents', directory], because),
    baseStep('bootstrap', title, bootstrapCommand(bootstrap, ['--format=tar'], part), because),
    baseStep('keep', `keep it as ${cache.path}`, ['mv', '--no-target-directory', part, cache.path], because),
  ]
  return [...(cache.present ? [] : make), unpackStep(`unpack ${cache.path}`, cache.path, because)]
}

/** Takes away what only the installation needed (task `finish`). Pure. */
export const planBaseCleanup = (base: BaseInput): readonly Step[] => {
  const isOurs = base.kind === 'archive' || base.bootstrap.command.program === 'debootstrap'
  return (isOurs ? [APT_DROP_IN, DPKG_DROP_IN] : MMDEBSTRAP_DROP_INS).map(path =>
    systemStep(
      'finish',
      `base.clean.${path}`,
      `remove ${path}`,
      { kind: 'remove-file', path: { target: path } },
      [base.because],
    ),
  )
}

/** What dpkg of the base system is for; undefined where nobody says, so that it is the machine's. Pure. */
export const baseArchitecture = (base: BaseInput): string | undefined =>
  base.kind === 'bootstrap' ? base.bootstrap.architecture : undefined

/** The name of a kept base system: equal for equal archives, options and kind of base. Pure. */
export const baseArchiveName = (bootstrap: Bootstrap): string => {
  const key = createHash('sha256')
    .update(JSON.stringify(bootstrapCommand(bootstrap, [], '')))
    .digest('hex')
  return `base-${bootstrap.archive.suite}-${key.slice(0, 16)}.tar`
}
