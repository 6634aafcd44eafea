import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readArchive } from '../inspect/apt-sources.ts'
import { readCommand } from '../inspect/runner.ts'
import type { Archive } from '../model/archive.ts'
import { NAMESPACES } from './fai-run.ts'
import { PATIENCE_MS } from './patience.ts'
import { isLong } from './random.ts'
import { type ProgramEnd, runProgram, runToEnd } from './run-program.ts'
import { ROOT } from './test-files.ts'
import { type OwnerText, readTree } from './tree.ts'

/** The config space of Debian's `fai-doc`, as it is. */
export const EXAMPLE = '/usr/share/doc/fai-doc/examples/simple'

/** A host of the example. */
export const EXAMPLE_HOST = 'demohost'

/** How long an installation may take. */
export const LIMIT_SECONDS = isLong() ? 5040 : 840

/** A system that was installed into a directory, and how that went. */
export type ExampleSystem = {
  readonly end: ProgramEnd
  /** `status.log`, a line each: how the files of the config space ended. */
  readonly status: readonly string[]
  /** Version and state by name. */
  readonly packages: ReadonlyMap<string, string>
  /** Kind, mode, owner, group and content by path below `/etc`; a directory has a slash at its end. */
  readonly etc: ReadonlyMap<string, string>
}

/** The archive of this machine, and the `FAI_DEBOOTSTRAP` that names it: the one of the example may be out of its reach. */
export const machineArchive = async (): Promise<{ archive: Archive; debootstrap: string }> => {
  const { value: archive } = await readArchive(readCommand, AbortSignal.timeout(PATIENCE_MS))
  const mirror = /^deb (?:\[.*\] )?(\S+)/.exec(archive?.sources[0] ?? '')?.[1]
  if (archive === undefined || mirror === undefined) throw new Error('this machine has no Debian archive')
  return { archive, debootstrap: `${archive.suite} ${mirror}` }
}

/** What FAI writes on this machine is in memory and ends with it. */
const FAI_PROGRAM = `
for over in /run /var/log /var/lib/fai; do
  mkdir -p "$over" && mount -t tmpfs -o mode=755 tmpfs "$over" || exit 125
done
mkdir /run/udev
exec fai -N -C "$1" -s "file://$2" -u "$3" dirinstall "$4"
`

/** Debian's `fai dirinstall`. Its `fai.conf` hands the variable over: what a run finds in `additional.var` wins. */
export const installWithFai = async (directory: string, debootstrap: string): Promise<ExampleSystem> => {
  const etc = join(directory, 'etc')
  await mkdir(etc)
  const assignment = `FAI_DEBOOTSTRAP="${debootstrap}"\n`
  await writeFile(join(etc, 'nfsroot.conf'), assignment)
  await writeFile(join(etc, 'fai.conf'), `cat >"$LOGDIR/additional.var" <<'END'\n${assignment}END\n`)
  const target = join(directory, 'fai')
  const program = ['sh', '-c', FAI_PROGRAM, 'fai', etc, EXAMPLE, EXAMPLE_HOST, target]
  const end = await runLimited(['unshare', ...NAMESPACES, ...program])
  return readSystem(end, target)
}

const zone = (debootstrap: string): string => `$TTL 300
@ IN SOA ns1.example.test. hostmaster.example.test. 1 3600 900 604800 300
@ IN NS ns1.example.test.
${EXAMPLE_HOST} IN A 192.0.2.10
_fai.${EXAMPLE_HOST} IN TXT "var.FAI_DEBOOTSTRAP=${debootstrap}"
`
const CONFIG = 'sources: [{ kind: zonefile, zone: example.test, path: example.test.zone }]\n'

/** Our `dirinstall`, with a zone that makes the host known and hands the variable over. */
export const installWithOurs = async (directory: string, debootstrap: string): Promise<ExampleSystem> => {
  await writeFile(join(directory, 'example.test.zone'), zone(debootstrap))
  await writeFile(join(directory, 'config.yaml'), CONFIG)
  const target = join(directory, 'ours')
  const places = ['--config', join(directory, 'config.yaml'), '--config-space', EXAMPLE]
  const options = [...places, '--log-dir', join(directory, 'log')]
  const end = await runLimited([
    join(ROOT, 'bin/fai-classes'),
    'dirinstall',
    EXAMPLE_HOST,
    target,
    ...options,
  ])
  return readSystem(end, target)
}

const runLimited = (argv: readonly string[]): Promise<ProgramEnd> =>
  runToEnd('timeout', ['--signal=TERM', '--kill-after=30', String(LIMIT_SECONDS), ...argv], {
    // FAI hands the locale of its caller on to packages; ours is always this one.
    LC_ALL: 'C.UTF-8',
  })

const readSystem = async (end: ProgramEnd, target: string): Promise<ExampleSystem> => {
  const log = join(target, 'var/log/fai', EXAMPLE_HOST, 'last-dirinstall/status.log')
  const status = await readFile(log, 'utf8').catch(() => {
    const last = linesOf(end.stdout + end.stderr).slice(-20)
    throw new Error(`the installation into ${target} ended early, with ${end.code}:\n${last.join('\n')}`)
  })
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a format of dpkg-query.
  const format = '${binary:Package}\t${Version} ${db:Status-Abbrev}\n'
  const packages = await runProgram('dpkg-query', [`--root=${target}`, '--show', '--showformat', format])
  const etc = readTree(join(target, 'etc'), await ownerNames(target))
  return {
    end,
    status: linesOf(status),
    packages: new Map(linesOf(packages).map(line => split(line, '\t'))),
    etc: new Map(etc.map(line => withoutOrder(split(line, ' ')))),
  }
}

const linesOf = (text: string): readonly string[] => text.split('\n').filter(line => line !== '')

const split = (line: string, border: string): readonly [string, string] => {
  const at = line.indexOf(border)
  return [line.slice(0, at), line.slice(at + 1)]
}

const ACCOUNTS = new Set(['passwd', 'group', 'shadow', 'gshadow'])

/** Accounts stand in the order in which packages were configured, and with the day: one run may end after midnight. */
const withoutOrder = ([path, text]: readonly [string, string]): readonly [string, string] =>
  ACCOUNTS.has(path.replace(/-$/, ''))
    ? [
        path,
        text
          .replace(/:\d{5}:/g, ':DAY:')
          .split('\\n')
          .sort()
          .join('\\n'),
      ]
    : [path, text]

/** Numbers of accounts go by the order in which packages were configured; names do not. */
const ownerNames = async (target: string): Promise<OwnerText> => {
  const [users, groups] = await Promise.all(
    ['passwd', 'group'].map(async name => {
      const rows = linesOf(await readFile(join(target, 'etc', name), 'utf8')).map(line => line.split(':'))
      return new Map(rows.map(([account = '', , id]) => [Number(id), account]))
    }),
  )
  return (uid, gid) => `${users?.get(uid) ?? uid}:${groups?.get(gid) ?? gid}`
}
