import { readFile } from 'node:fs/promises'
import { errorAt, type Outcome } from '../diagnostic/diagnostic.ts'
import type { Archive } from '../model/archive.ts'
import type { ReadCommand } from './runner.ts'

const FIELDS = ['CREATED_BY', 'ORIGIN', 'CODENAME', 'REPO_URI', 'RELEASE', 'COMPONENT'] as const

/** Options of apt that say how an archive is reached. They may hold a proxy, so they are read from the machine. */
const REACHING =
  /^Acquire::(?:Check-Valid-Until|Check-Date|Retries|ForceIPv[46]|(?:http|https|ftp)::(?:Proxy|Proxy::.+|Timeout|ProxyAutoDetect|Proxy-Auto-Detect)) ".+";$/i

/**
 * The Debian archives of this machine, as its own apt sees them, so that a base system comes from where the machine
 * itself was installed from. An archive counts if its Release file says `Origin: Debian`, whatever file and
 * format names it; third-party archives never do. Of several releases that of the running system is taken.
 */
export const readArchive = async (read: ReadCommand, signal: AbortSignal): Promise<Outcome<Archive>> => {
  const format = FIELDS.map(name => `$(${name})`).join('\t')
  const [targets, options, release] = await Promise.all([
    read(['apt-get', 'indextargets', '--format', format], signal),
    read(['apt-config', 'dump'], signal),
    readFile('/etc/os-release', 'utf8').catch(() => ''),
  ])
  const codename = /^VERSION_CODENAME="?([^"\n]*)/m.exec(release)?.[1]
  const { value, diagnostics } = parseTargets(targets, codename)
  if (value === undefined) return { value, diagnostics }
  const sources = await Promise.all(value.sources.map(expandMirrorFile))
  return { value: { ...value, sources, aptOptions: parseAptOptions(options) }, diagnostics }
}

type Target = { codename: string; uri: string; release: string; component: string }

/**
 * Pure half: the output of `apt-get indextargets` to the lines of `sources.list`. `codename` is that of the running
 * system; where no archive has it, the first archive decides. No Debian archive is `base-source-missing`.
 */
export const parseTargets = (
  text: string,
  codename: string | undefined,
): Outcome<Omit<Archive, 'aptOptions'>> => {
  const targets = text.split('\n').flatMap(parseTarget)
  const main = targets.find(target => target.codename === codename) ?? targets.find(isMain) ?? targets[0]
  if (main === undefined) {
    const message =
      'no archive with "Origin: Debian" is configured and updated; run apt-get update, or set FAI_DEBOOTSTRAP'
    const origin = { kind: 'file', path: '/etc/apt/sources.list' } as const
    return { value: undefined, diagnostics: [errorAt('base-source-missing', message, origin)] }
  }
  const ours = targets.filter(
    target => target.codename === main.codename || target.codename.startsWith(`${main.codename}-`),
  )
  const lines = Map.groupBy(ours, ({ uri, release }) => `deb ${uri} ${release}`)
  const sources = [...lines].map(
    ([start, group]) => `${start} ${[...new Set(group.map(({ component }) => component))].join(' ')}`,
  )
  return { value: { suite: main.codename, sources }, diagnostics: [] }
}

const parseTarget = (line: string): Target[] => {
  const [createdBy, origin, codename, uri, release, component] = line.split('\t')
  if (createdBy !== 'Packages' || origin !== 'Debian') return []
  if (!codename || !uri || !release || !component || uri.startsWith('cdrom:')) return []
  return [{ codename, uri, release, component }]
}

const isMain = ({ codename }: Target): boolean => !codename.includes('-')

/** Pure half: the output of `apt-config dump` to those lines that a target needs to reach the archives. */
export const parseAptOptions = (text: string): readonly string[] =>
  text.split('\n').filter(line => REACHING.test(line))

/** Cloud images name their mirrors in a file that the target does not have: the first mirror in it is taken. */
const expandMirrorFile = async (line: string): Promise<string> => {
  const path = /^deb mirror\+file:(?:\/\/)?(\/\S+?)\/? /.exec(line)?.[1]
  if (path === undefined) return line
  const text = await readFile(path, 'utf8').catch(() => '')
  const mirror = /^[ \t]*([^#\s]+)/m.exec(text)?.[1]
  return mirror === undefined ? line : line.replace(/mirror\+file:\S+/, mirror)
}
