import type { FileMode } from '../language/file-modes.ts'
import { type Options, parseOptions } from './getopt.ts'
import { type Environment, isSet, ToolError, wordsOf } from './tool.ts'

/** Where the old version of a file goes: beside it with a suffix, below a directory, or nowhere. */
export type Backup =
  | { readonly kind: 'beside' | 'none' }
  | { readonly kind: 'below'; readonly directory: string }

/** What one call of `fcopy` is to do. */
export type FcopySettings = {
  /** The directory above the template directories. */
  readonly source: string
  readonly target: string
  /** Lowest priority first. */
  readonly classes: readonly string[]
  readonly names: readonly string[]
  /** `-C` and `-F`: files that hold the classes and the names instead. */
  readonly classFile: string | undefined
  readonly nameFile: string | undefined
  readonly log: string | undefined
  readonly backup: Backup
  /** `-m`, `-M`: owner, group and mode of everything copied. */
  readonly mode: FileMode | undefined
  readonly ignoredFolders: readonly string[]
  readonly substitute: boolean
  readonly dryRun: boolean
  readonly recursive: boolean
  /** `-d`: the target goes where no class has a template. */
  readonly removeUnmatched: boolean
  /** `-i`: it is no fault that there is nothing to copy. */
  readonly ignoreMissing: boolean
  /** `-l`: a target that is a symbolic link is left alone. */
  readonly refuseLinks: boolean
  /** `-H`: a template that is a symbolic link becomes one. */
  readonly copyLinks: boolean
  /** `-U`: nothing is done while a softupdate runs. */
  readonly skipAtUpdate: boolean
  readonly verbose: boolean
  readonly debug: boolean
}

const SPEC = 'Ms:t:rm:vidDc:C:hF:lL:P:Bb:I:UnHS'
const DEFAULT_MODE = 'root,root,0644'
const IGNORED = ['CVS', '.svn', '.arch-ids', '{arch}', '.git']
/** What Perl's `die` makes of a fault of the command line, and of a target that nobody named. */
const WRONG = 255
const NO_TARGET = 25

/** Reads command line and environment (fai-semantics.md, section 3.1); undefined where help was asked for. Throws `ToolError`. Pure. */
export const parseFcopy = (
  args: readonly string[],
  env: Environment,
  cwd: string,
): FcopySettings | undefined => {
  const options = parseOptions(SPEC, args)
  const { flags, values, words } = options
  if (flags.has('h')) return undefined
  if (options.wrong.length > 0)
    throw new ToolError(`unknown option or missing value: -${options.wrong[0]}`, 1)
  if (values.has('P')) throw new ToolError('-P is no option any more, -F reads names from a file', WRONG)
  const target = values.get('t') || env['FAI_ROOT'] || env['target']
  const mode = modeOf(options)
  if (!target) throw new ToolError('no target: neither -t nor FAI_ROOT nor target is set', NO_TARGET)
  return {
    source: values.get('s') || (env['FAI'] ? `${env['FAI']}/files` : cwd),
    target,
    classes: values.get('c')?.split(',') ?? wordsOf(env['classes']),
    names: words,
    classFile: values.get('C'),
    nameFile: values.get('F'),
    log: values.get('L') || (env['LOGDIR'] ? `${env['LOGDIR']}/fcopy.log` : undefined),
    backup: backupOf(options, env),
    mode,
    ignoredFolders:
      values.get('I')?.split(',') ?? (env['FCOPY_IGNOREDIRS'] ? wordsOf(env['FCOPY_IGNOREDIRS']) : IGNORED),
    substitute: flags.has('S') || isSet(env['FCOPY_SUBSTITUTE']),
    dryRun: flags.has('n') || isSet(env['FCOPY_DRYRUN']),
    recursive: flags.has('r'),
    removeUnmatched: flags.has('d'),
    ignoreMissing: flags.has('i'),
    refuseLinks: flags.has('l'),
    copyLinks: flags.has('H'),
    skipAtUpdate: flags.has('U'),
    verbose: flags.has('v') || isSet(env['verbose']),
    debug: flags.has('D') || isSet(env['debug']),
  }
}

const backupOf = ({ flags, values }: Options, env: Environment): Backup => {
  if (flags.has('B') || isSet(env['FCOPY_NOBACKUP'])) return { kind: 'none' }
  const directory = values.get('b') || env['FAI_BACKUPDIR']
  return directory ? { kind: 'below', directory } : { kind: 'beside' }
}

const modeOf = ({ flags, values }: Options): FileMode | undefined => {
  const text = flags.has('M') ? DEFAULT_MODE : values.get('m')
  if (!text) return undefined
  const [owner = '', group = '', mode = '', ...rest] = text.split(',')
  if (mode === '' || rest.length > 0)
    throw new ToolError(`-m takes OWNER,GROUP,MODE (found "${text}")`, WRONG)
  if (!/^[0-7]+$/.test(mode)) throw new ToolError(`-m takes an octal mode (found "${mode}")`, WRONG)
  return { owner, group, mode: Number.parseInt(mode, 8) & 0o7777 }
}

/** The classes of a file for `-C`: words, where a line that starts with `#` is a comment. Pure. */
export const parseClassFile = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .flatMap(wordsOf)

/** The names of a file for `-F`, one a line; a line that starts with `#` is a comment. Pure. */
export const parseNameFile = (text: string): readonly string[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .filter(line => !line.startsWith('#'))

/** A source as a path below the source root, whatever stands before it. Pure. */
export const toPlainName = (name: string): string => name.replace(/^(\.\/|\/)+/, '')
