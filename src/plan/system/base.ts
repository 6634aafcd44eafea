import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { errorAt, type Origin, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Archive } from '../../model/archive.ts'
import type { Because, Step, Word } from '../step.ts'

/** What a base system is made of. */
export type BaseInput = {
  readonly archive: Archive
  /** Why this archive: the machine's own apt, or a variable. */
  readonly because: Because
  /** Where the base system is kept as an archive for the next run, and whether it is there; not kept where absent. */
  readonly cache?: { readonly path: string; readonly present: boolean }
}

/** Left in the target by mmdebstrap: how to reach the archives from the build machine, and dpkg without fsync. */
const DROP_INS = ['/etc/apt/apt.conf.d/99mmdebstrap', '/etc/dpkg/dpkg.cfg.d/99mmdebstrap']

/**
 * The base system by mmdebstrap (task `extrbase`). Pure. With a cache, the archive is made under another name, renamed
 * and then unpacked, so that a run that was stopped leaves no half archive behind.
 *
 *     cache     archive present   steps
 *     none                        bootstrap into the target
 *     given     no                make its directory, bootstrap to an archive, rename, unpack
 *     given     yes               unpack
 */
export const planBase = ({ archive, because, cache }: BaseInput): readonly Step[] => {
  const make = (id: string, title: string, argv: readonly Word[]): Step => ({
    id: `base.${id}`,
    task: 'extrbase',
    title,
    because: [because],
    destroys: false,
    action: { kind: 'run', argv, timeoutSeconds: 1800 },
  })
  const title = `make a base system of ${archive.suite} with mmdebstrap`
  if (cache === undefined) {
    const options = ['--format=directory', '--skip=check/empty']
    return [make('bootstrap', title, bootstrap(archive, options, { target: '/' }))]
  }
  const part = `${cache.path}.part`
  const unpack = ['--extract', '--numeric-owner', '--xattrs', '--xattrs-include=*', '--file', cache.path]
  return [
    ...(cache.present
      ? []
      : [
          cacheDirectory(dirname(cache.path), because),
          make('bootstrap', title, bootstrap(archive, ['--format=tar'], part)),
          make('keep', `keep it as ${cache.path}`, ['mv', '--no-target-directory', part, cache.path]),
        ]),
    make('unpack', `unpack ${cache.path}`, ['tar', ...unpack, '--directory', { target: '/' }]),
  ]
}

const cacheDirectory = (path: string, because: Because): Step => ({
  id: 'base.cache',
  task: 'extrbase',
  title: `make the directory ${path}`,
  because: [because],
  destroys: false,
  action: { kind: 'run', argv: ['mkdir', '--parents', path] },
})

/** Takes away what only the installation needed (task `finish`). Pure. */
export const planBaseCleanup = (because: Because): readonly Step[] =>
  DROP_INS.map(path => ({
    id: `base.clean.${path}`,
    task: 'finish',
    title: `remove ${path}`,
    because: [because],
    destroys: false,
    action: { kind: 'remove-file', path: { target: path } },
  }))

/** The name of a kept base system: equal for equal archives, options and kind of base. Pure. */
export const baseArchiveName = (archive: Archive): string => {
  const key = createHash('sha256')
    .update(JSON.stringify(bootstrap(archive, [], '')))
    .digest('hex')
  return `base-${archive.suite}-${key.slice(0, 16)}.tar`
}

/** FAI's `FAI_DEBOOTSTRAP`, `SUITE MIRROR`, as an archive with the component `main`. Pure. */
export const parseDebootstrapVariable = (
  text: string,
  aptOptions: readonly string[],
  origin: Origin,
): Outcome<Archive> => {
  const [suite, mirror, ...more] = text.trim().split(/\s+/)
  if (!suite || !mirror || more.length > 0 || !/^[a-z][a-z0-9+.-]*:\/\//.test(mirror)) {
    const message = `FAI_DEBOOTSTRAP is a suite and a mirror, found "${text}"`
    return { value: undefined, diagnostics: [errorAt('bad-variable', message, origin)] }
  }
  return { value: { suite, sources: [`deb ${mirror} ${suite} main`], aptOptions }, diagnostics: [] }
}

const bootstrap = (archive: Archive, options: readonly string[], to: Word): readonly Word[] => [
  'mmdebstrap',
  '--mode=root',
  '--variant=minbase',
  ...options,
  '--dpkgopt=force-unsafe-io',
  '--aptopt=Acquire::Languages "none"',
  ...archive.aptOptions.map(option => `--aptopt=${option.replace(/;$/, '')}`),
  archive.suite,
  to,
  ...archive.sources,
]
