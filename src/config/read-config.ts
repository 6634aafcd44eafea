import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { errorAt, type Outcome } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { type ParsedConfig, parseConfig } from './parse-config.ts'

/** A configuration that was read, with the means to reach the files that it names. */
export type Config = ParsedConfig & {
  /** The file itself, for messages. */
  readonly path: string
  /** A path of the file as one that can be opened from where the program runs: relative ones are relative to the file. */
  readonly resolvePath: (path: string) => string
}

/** Where the configuration is looked for, first match first (contract, section 4). */
export const configCandidates = (
  option: string | undefined,
  environment: string | undefined,
): readonly string[] => {
  if (option !== undefined) return [option]
  if (environment !== undefined && environment !== '') return [environment]
  return ['fai-classes.yaml', '/etc/fai-classes/config.yaml']
}

/** Reads the first candidate that exists; `config-missing` where there is none. Paths are relative to `cwd`. */
export const readConfig = async (candidates: readonly string[], cwd: string): Promise<Outcome<Config>> => {
  for (const candidate of candidates) {
    const text = await readIfThere(resolve(cwd, candidate))
    if (text === undefined) continue
    const { value, diagnostics } = parseConfig(text, candidate)
    // Kept as short as the operator wrote it: messages name these paths.
    const resolvePath = (path: string): string => (isAbsolute(path) ? path : join(dirname(candidate), path))
    return { value: value && { ...value, path: candidate, resolvePath }, diagnostics }
  }
  const origin = { kind: 'option', option: '--config' } as const
  const message = `there is no configuration (looked for ${candidates.join(', ')})`
  return { value: undefined, diagnostics: [errorAt('config-missing', message, origin)] }
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new SourceError('the configuration cannot be read', { kind: 'file', path }, { cause })
  }
}
