import { basename, dirname } from 'node:path'
import {
  type ArchiveUri,
  type Compression,
  type CvsUri,
  decodePercent,
  type GitUri,
  type ProgramUri,
  type RemoteUri,
  type SvnUri,
  showUri,
} from '../model/config-space-uri.ts'

/** One program that fetches, without a shell. */
export type FetchCommand = {
  readonly argv: readonly [string, ...string[]]
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** What fetching may cost. */
export type FetchLimits = {
  readonly downloadBytes: number
  /** Of all that is unpacked, and so of each file. */
  readonly unpackedBytes: number
  readonly members: number
  readonly seconds: number
}

/** Generous for a config space with base archives, and no danger to a disk. */
export const FETCH_LIMITS: FetchLimits = {
  downloadBytes: 4 * 2 ** 30,
  unpackedBytes: 8 * 2 ** 30,
  members: 200_000,
  seconds: 900,
}

/** Seconds without a byte that end a transfer. */
const SILENCE_SECONDS = 30

/** The Debian packages of the programs. */
const PACKAGES: Readonly<Record<string, string>> = {
  bzip2: 'bzip2',
  curl: 'curl',
  cvs: 'cvs',
  git: 'git',
  hg: 'mercurial',
  scp: 'openssh-client',
  svn: 'subversion',
  xz: 'xz-utils',
  zstd: 'zstd',
}

/** The package to install for a program that is missing; undefined for one of the site's own. */
export const packageOf = (program: string): string | undefined => PACKAGES[program]

/**
 * The program that fills the directory `into`, which is there and empty. A password goes where other users of the machine
 * do not see it, but for Mercurial's, which has no such place. `before` is an earlier copy, whose objects git need not fetch again. Pure.
 */
export const checkoutCommand = (
  uri: Exclude<RemoteUri, { kind: 'archive' }>,
  into: string,
  before: string | undefined,
): FetchCommand => {
  switch (uri.kind) {
    case 'git':
      return gitCommand(uri, into, before)
    case 'svn':
      return svnCommand(uri, into)
    case 'hg':
      return { argv: ['hg', 'clone', '--noninteractive', '--quiet', '--', uri.url, into] }
    case 'cvs':
      return cvsCommand(uri, into)
    case 'program':
      return programCommand(uri, into)
  }
}

const gitCommand = ({ url, branch }: GitUri, into: string, before: string | undefined): FetchCommand => {
  const visible = showUri(url)
  const secret = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.${url}.insteadOf`,
    GIT_CONFIG_VALUE_0: visible,
  }
  const silence = ['-c', 'http.lowSpeedLimit=1', '-c', `http.lowSpeedTime=${SILENCE_SECONDS}`]
  const chosen = branch === undefined ? [] : [`--branch=${branch}`]
  const known = before === undefined ? [] : ['--reference-if-able', before, '--dissociate']
  return {
    argv: ['git', ...silence, 'clone', '--quiet', ...chosen, ...known, '--', visible, into],
    env: {
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
      ...(visible === url ? {} : secret),
    },
  }
}

const svnCommand = ({ url, user, password }: SvnUri, into: string): FetchCommand => {
  const name = user === undefined ? [] : ['--username', user]
  const secret = password === undefined ? [] : ['--password-from-stdin']
  return {
    argv: [
      'svn',
      'checkout',
      '--quiet',
      '--non-interactive',
      '--no-auth-cache',
      ...name,
      ...secret,
      '--',
      url,
      into,
    ],
    ...(password === undefined ? {} : { stdin: `${password}\n` }),
  }
}

const cvsCommand = ({ root, module, tag }: CvsUri, into: string): FetchCommand => {
  const chosen = tag === undefined ? [] : ['-r', tag]
  return {
    argv: ['cvs', '-q', 'checkout', '-P', '-d', basename(into), ...chosen, module],
    env: { CVSROOT: root, CVS_RSH: 'ssh' },
    cwd: dirname(into),
  }
}

const programCommand = ({ method, text }: ProgramUri, into: string): FetchCommand => ({
  argv: [`get-config-dir-${method}`],
  env: { FAI: into, FAI_CONFIG_SRC: text, LOGDIR: dirname(into) },
})

/**
 * Downloads an archive to a file. Pure.
 *
 *     URL                            by
 *     scp or sftp, no password       scp of OpenSSH: curl's own ssh knows neither all keys nor ssh_config(5)
 *     any other                      curl, which gets the URL through stdin: it may hold a password
 */
export const downloadCommand = (uri: ArchiveUri, file: string, limits: FetchLimits): FetchCommand => {
  const [, user, host, port, path] = SSH_URL.exec(uri.url) ?? []
  if (host === undefined || path === undefined) return curlCommand(uri, file, limits)
  // As curl has it: absolute, but for the home directory behind a tilde.
  const from = `${user ?? ''}${host}:${decodePercent(path).replace(/^\/~\//, '')}`
  const settings = ['BatchMode=yes', 'ConnectTimeout=10', `ServerAliveInterval=${SILENCE_SECONDS}`]
  const options = settings.flatMap(setting => ['-o', setting])
  const toPort = port === undefined ? [] : ['-P', port]
  return { argv: limited(limits.downloadBytes, 'scp', ...options, ...toPort, '--', from, file) }
}

/** User with its `@`, host, port, path; not with a password. */
const SSH_URL = /^(?:scp|sftp):\/\/([^/@:]*@)?(\[[^\]]*\]|[^/@:]+)(?::(\d+))?(\/.*)$/

const curlCommand = (uri: ArchiveUri, file: string, limits: FetchLimits): FetchCommand => {
  // No redirect leaves HTTPS once it was chosen.
  const redirects = uri.protocol === 'http' ? 'http,https' : 'https'
  const settings: readonly (readonly [string, string | number])[] = [
    ['url', uri.url],
    ['output', file],
    ['proto', `=${uri.protocol}`],
    ['proto-redir', `=${redirects}`],
    ['max-redirs', 5],
    ['connect-timeout', 10],
    ['retry', 3],
    ['speed-limit', 1],
    ['speed-time', SILENCE_SECONDS],
    ['max-time', limits.seconds],
    ['max-filesize', limits.downloadBytes],
  ]
  const lines = ['fail', 'globoff', 'location', 'silent', 'show-error']
  const texts = settings.map(([name, value]) => `${name} = "${String(value).replace(/[\\"]/g, '\\$&')}"`)
  return {
    argv: limited(limits.downloadBytes, 'curl', '--config', '-'),
    stdin: `${[...lines, ...texts].join('\n')}\n`,
  }
}

/** How the files of each compression end, and what makes a plain archive of one. */
const DECOMPRESSION: Readonly<
  Record<Compression, { ending: string; argv?: readonly [string, ...string[]] }>
> = {
  none: { ending: '' },
  gzip: { ending: '.gz', argv: ['gzip', '--decompress'] },
  bzip2: { ending: '.bz2', argv: ['bzip2', '--decompress'] },
  xz: { ending: '.xz', argv: ['xz', '--decompress'] },
  zstd: { ending: '.zst', argv: ['zstd', '--decompress', '--rm', '--quiet'] },
}

/** The name under which an archive is kept until it is unpacked. */
export const packedFile = (file: string, compression: Compression): string =>
  `${file}${DECOMPRESSION[compression].ending}`

/** Makes `file`, a plain tar archive, of `packedFile(file)`; nothing to do where it is one. Pure. */
export const decompressCommands = (
  file: string,
  compression: Compression,
  { unpackedBytes }: FetchLimits,
): readonly FetchCommand[] => {
  const { argv } = DECOMPRESSION[compression]
  return argv === undefined
    ? []
    : [{ argv: limited(unpackedBytes, ...argv, '--', packedFile(file, compression)) }]
}

/** Prints the names in a plain archive as they are, one a line, and no word on what would be made of them. Pure. */
export const listCommand = (file: string): FetchCommand => ({
  argv: ['tar', '--list', '--absolute-names', '--quoting-style=escape', `--file=${file}`],
})

/** Unpacks a plain archive; everything then belongs to who runs it, and nobody else may write. Pure. */
export const unpackCommands = (
  file: string,
  into: string,
  { unpackedBytes }: FetchLimits,
): readonly FetchCommand[] => [
  {
    argv: limited(
      unpackedBytes,
      ...[
        'tar',
        '--extract',
        `--file=${file}`,
        `--directory=${into}`,
        '--no-same-owner',
        '--no-same-permissions',
      ],
    ),
  },
  { argv: ['chmod', '--recursive', 'u+rwX,go-w', '--', into] },
]

/** Whether the name of a member of an archive leads out of the directory, or may. Pure. */
export const hasWayOut = (name: string): boolean => name.startsWith('/') || name.split('/').includes('..')

/** The kernel ends a program that makes a file larger than that: curl and gzip do not know the size of everything. */
const limited = (bytes: number, ...argv: readonly string[]): readonly [string, ...string[]] => [
  'prlimit',
  `--fsize=${bytes}`,
  ...argv,
]
