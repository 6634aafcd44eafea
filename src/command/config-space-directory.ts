import { isAbsolute, join } from 'node:path'
import type { Outcome } from '../diagnostic/diagnostic.ts'
import { parseConfigSpaceUri } from '../model/config-space-uri.ts'
import type { CommandDeps } from './deps.ts'

/** What finding a config space touches. */
type FetchDeps = Pick<CommandDeps, 'cwd' | 'environment' | 'isRoot' | 'signal'>

/**
 * The directory of a config space; one that is elsewhere is fetched. A text that names none is `config-space-uri`, one that
 * cannot be fetched rejects with a `SourceError`. Whether a path is a config space is left to who reads it.
 */
export const configSpaceDirectory = async (text: string, deps: FetchDeps): Promise<Outcome<string>> => {
  const { value: uri, diagnostics } = parseConfigSpaceUri(text, deps.cwd)
  if (uri === undefined) return { value: undefined, diagnostics }
  if (uri.kind === 'directory') return { value: uri.path, diagnostics }
  const [{ fetchConfigSpace }, { makeRunner, searchPath }] = await Promise.all([
    import('../apply/config-space/fetch-config-space.ts'),
    import('../apply/runner.ts'),
  ])
  const value = await fetchConfigSpace(uri, {
    cacheDirectory: cacheDirectory(deps),
    run: makeRunner(deps.environment),
    searchPath: searchPath(deps.environment),
    signal: deps.signal,
  })
  return { value, diagnostics }
}

/** Where scripts that root runs are kept, nobody else may write. */
const cacheDirectory = ({ isRoot, environment }: FetchDeps): string => {
  const { XDG_CACHE_HOME: own = '', HOME: home = '/' } = environment
  const base = isAbsolute(own) ? own : join(home, '.cache')
  return join(isRoot ? '/var/cache' : base, 'fai-classes/config-space')
}
