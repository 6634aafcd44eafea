import { isAbsolute, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { errorAt, type Outcome } from '../diagnostic/diagnostic.ts'

/** Where a config space is, as `--config-space` or `FAI_CONFIG_SRC` says it (fai-semantics.md, section 7.2). */
export type ConfigSpaceUri = DirectoryUri | NfsUri | DetectUri | RemoteUri

/** A directory of this machine, as an absolute path. */
export type DirectoryUri = { readonly kind: 'directory'; readonly path: string }

/** A directory of an NFS server; without a server the one that the root file system of this machine is from. */
export type NfsUri = { readonly kind: 'nfs'; readonly server: string | undefined; readonly path: string }

/** The medium that this machine was started from. */
export type DetectUri = { readonly kind: 'detect' }

/** What is fetched into a cache. */
export type RemoteUri = (GitUri | SvnUri | HgUri | CvsUri | ArchiveUri | ProgramUri) & Shown

/** A git repository; without a branch the one that its HEAD names. */
export type GitUri = { readonly kind: 'git'; readonly url: string; readonly branch: string | undefined }

/** A Subversion repository; its URL carries the user's name for ssh only. */
export type SvnUri = {
  readonly kind: 'svn'
  readonly url: string
  readonly user: string | undefined
  readonly password: string | undefined
}

/** A Mercurial repository. */
export type HgUri = { readonly kind: 'hg'; readonly url: string }

/** A module of a CVS repository, the root as in `CVSROOT`. */
export type CvsUri = {
  readonly kind: 'cvs'
  readonly root: string
  readonly module: string
  readonly tag: string | undefined
}

/** An archive that is downloaded. */
export type ArchiveUri = {
  readonly kind: 'archive'
  readonly protocol: 'http' | 'https' | 'scp' | 'sftp'
  readonly url: string
  readonly compression: Compression
}

/** What a tar archive is packed with. */
export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd'

/** A method of the site's own: the program `get-config-dir-METHOD`, which fills the directory `$FAI`. */
export type ProgramUri = { readonly kind: 'program'; readonly method: string; readonly text: string }

/** The URI as it may be shown, and what in it must not be. */
export type Shown = { readonly shown: string; readonly secrets: readonly string[] }

/** What scripts find in `FAI_CONFIG_SRC`: always a URI, and no password in it. Pure. */
export const configSource = (text: string, cwd: string): string => {
  const { value } = parseConfigSpaceUri(text, cwd)
  return value?.kind === 'directory' ? pathToFileURL(value.path).href : showUri(text)
}

type Parts = {
  readonly text: string
  readonly method: string
  /** Behind the `+`. */
  readonly protocol: string | undefined
  /** Behind the `://`. */
  readonly rest: string
}

/** Of every method that needs no program of the site: the URI, or what is wrong with it. */
const METHODS: Readonly<Record<string, (parts: Parts) => ConfigSpaceUri | string>> = {
  file: ({ text, protocol, rest }) =>
    protocol === undefined && rest.startsWith('/') ? parseFile(text) : 'a file URI is file:///PATH',
  nfs: ({ rest }) => {
    const [, server, path] = /^([^/\s]*)(\/.*)$/.exec(rest) ?? []
    if (path === undefined) return 'an NFS URI is nfs://SERVER/PATH'
    return { kind: 'nfs', server: server === '' ? undefined : server, path: resolve(path) }
  },
  detect: () => ({ kind: 'detect' }),
  git: parts => {
    const [, path, branch] = /^([^\s#]+)(?:#(\S+))?$/.exec(parts.rest) ?? []
    if (path === undefined) return 'a git URI is git[+PROTOCOL]://HOST/PATH[#BRANCH]'
    const url = `${parts.protocol ?? 'git'}://${path}`
    return (
      wrongProtocol(parts, ['file', 'http', 'https', 'ssh']) ?? { kind: 'git', url, branch, ...shown(parts) }
    )
  },
  svn: parts => wrongProtocol(parts, ['file', 'http', 'https', 'ssh']) ?? parseSvn(parts),
  hg: parts =>
    wrongProtocol({ ...parts, protocol: parts.protocol ?? 'none' }, ['http', 'https']) ?? {
      kind: 'hg',
      url: `${parts.protocol}://${parts.rest}`,
      ...shown(parts),
    },
  cvs: parts => {
    const [, root, module, tag] = /^(\S+)\s+([^\s=]+)(?:=(\S+))?$/.exec(parts.rest) ?? []
    if (root === undefined || module === undefined)
      return 'a CVS URI is cvs[+ssh]://USER@HOST/ROOT MODULE[=TAG]'
    const access = parts.protocol === 'ssh' ? 'ext' : 'pserver'
    return (
      wrongProtocol(parts, ['ssh']) ?? {
        kind: 'cvs',
        root: `:${access}:${root}`,
        module,
        tag,
        ...shown(parts),
      }
    )
  },
  http: parts => parseArchive(parts, 'http'),
  https: parts => parseArchive(parts, 'https'),
  scp: parts => parseArchive(parts, 'scp'),
  sftp: parts => parseArchive(parts, 'sftp'),
}

/** The suffixes that `ftar` unpacks. */
const SUFFIXES: Readonly<Record<string, Compression>> = {
  '.tar': 'none',
  '.tar.gz': 'gzip',
  '.tgz': 'gzip',
  '.tar.bz2': 'bzip2',
  '.tar.xz': 'xz',
  '.txz': 'xz',
  '.tar.zst': 'zstd',
  '.tzst': 'zstd',
}

/**
 * Reads a path or a URI; what cannot be one is the error `config-space-uri`. Pure. A method that is not known here is
 * one of the site's own.
 */
export const parseConfigSpaceUri = (text: string, cwd: string): Outcome<ConfigSpaceUri> => {
  const [, method, protocol, rest] = /^([a-z][a-z0-9.-]*)(?:\+([a-z0-9.+-]*))?:\/\/(.*)$/i.exec(text) ?? []
  if (method === undefined || rest === undefined) {
    if (text === '' || /^[a-z][a-z0-9+.-]*:/i.test(text))
      return refused(text, 'it is neither a path nor a URI')
    return {
      value: { kind: 'directory', path: isAbsolute(text) ? resolve(text) : resolve(cwd, text) },
      diagnostics: [],
    }
  }
  const parts = { text, method: method.toLowerCase(), protocol: protocol?.toLowerCase(), rest }
  const parse = Object.hasOwn(METHODS, parts.method) ? METHODS[parts.method] : undefined
  const found = parse?.(parts) ?? { kind: 'program', method: parts.method, text, ...shown(parts) }
  return typeof found === 'string' ? refused(text, found) : { value: found, diagnostics: [] }
}

/** A URI without password, and for HTTP without user and query: either may be a token. Pure. */
export const showUri = (text: string): string =>
  text
    .replace(/^([a-z0-9.+-]+:\/\/)([^/:@\s]*):(?!\d+\/)\S*@/i, '$1$2@')
    .replace(/^([a-z0-9.+-]*https?:\/\/)[^/@\s]*@/i, '$1')
    .replace(/^([a-z0-9.+-]*https?:\/\/[^?#]*)\?[^#]*/i, '$1')

const refused = (text: string, why: string): Outcome<never> => {
  const origin = { kind: 'option', option: '--config-space' } as const
  return {
    value: undefined,
    diagnostics: [errorAt('config-space-uri', `"${showUri(text)}": ${why}`, origin)],
  }
}

const parseFile = (text: string): DirectoryUri | string => {
  try {
    return { kind: 'directory', path: resolve(fileURLToPath(text)) }
  } catch {
    return 'the path is not percent-encoded as a URI has it; a plain path needs no encoding'
  }
}

/** The URI for people, and the pieces that it leaves out, the longest first. */
const shown = ({ text, rest }: Parts): Shown => {
  const visible = showUri(text)
  const userinfo = /^(\S*)@/.exec(rest)?.[1] ?? ''
  const password = userinfo.split(':').slice(1).join(':')
  const query = /\?([^#]*)/.exec(rest)?.[1] ?? ''
  const pieces = new Set([userinfo, password, decodePercent(password), query])
  const secrets = [...pieces].filter(piece => piece !== '' && !visible.includes(piece))
  return { shown: visible, secrets: secrets.sort((a, b) => b.length - a.length) }
}

/** A text without its percent-encoding (RFC 3986, section 2.1), or as it is where that is none. Pure. */
export const decodePercent = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const wrongProtocol = ({ method, protocol }: Pick<Parts, 'method' | 'protocol'>, known: readonly string[]) =>
  protocol === undefined || known.includes(protocol)
    ? undefined
    : `${method} is fetched by ${known.map(name => `${method}+${name}`).join(', ')}`

const parseSvn = (parts: Parts): ConfigSpaceUri | string => {
  const { protocol, rest } = parts
  const [, userinfo, path] = /^(?:([^/\s]*)@)?(\S+)$/.exec(rest) ?? []
  if (path === undefined) return 'a Subversion URI is svn[+PROTOCOL]://[USER[:PASSWORD]@]HOST/PATH'
  const [user, ...password] = userinfo?.split(':') ?? []
  const scheme = protocol === 'ssh' ? 'svn+ssh' : (protocol ?? 'svn')
  return {
    kind: 'svn',
    url: `${scheme}://${protocol === 'ssh' && user !== undefined ? `${user}@` : ''}${path}`,
    user,
    password: password.length === 0 ? undefined : decodePercent(password.join(':')),
    ...shown(parts),
  }
}

const parseArchive = (parts: Parts, protocol: ArchiveUri['protocol']): ConfigSpaceUri | string => {
  const url = `${protocol}://${parts.rest}`
  const path = protocol.startsWith('http') ? parts.rest.replace(/[?#].*$/, '') : parts.rest
  const suffix = Object.keys(SUFFIXES).find(each => path.endsWith(each))
  const compression = SUFFIXES[suffix ?? '']
  if (parts.protocol !== undefined || /\s/.test(url))
    return `an archive is ${protocol}://HOST/PATH/NAME.tar.xz`
  if (compression === undefined)
    return `the file is no archive by its name: one of ${Object.keys(SUFFIXES).join(', ')}`
  return { kind: 'archive', protocol, url, compression, ...shown(parts) }
}
