import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import type { ClassDefinition } from '../model/catalog.ts'
import { foldClassName, parseClassName } from '../model/class-name.ts'
import { DEFAULT_WEIGHT, type Membership, quote, type Token } from '../model/grammar.ts'
import type { CountSteps } from '../model/steps.ts'
import { orderDefinitions } from './order.ts'
import { NOTHING_UNREAD, type Source } from './source.ts'

const SUFFIX = '.deps'

/**
 * A directory of `CLASS.deps` files as `fai-deps` reads them: regular, not
 * executable, names separated by white space, `#` or `;` starts a comment. It
 * knows no hosts.
 */
export const depsSource = (path: string): Source => {
  let reading: Promise<readonly ClassDefinition[]> | undefined
  const source = definitionsSource(path, () => {
    reading ??= readDefinitions(path)
    return reading
  })
  return {
    ...source,
    describe: () => ({ name: source.name, state: reading === undefined ? 'unread' : 'file' }),
  }
}

/** Such a directory, whose definitions are at hand. */
export const definitionsSource = (
  path: string,
  definitions: () => Promise<readonly ClassDefinition[]>,
): Source => {
  const source: Source = {
    name: `deps ${path}`,
    describe: () => ({ name: `deps ${path}`, state: 'file' }),
    findHosts: async () => ({ value: [], diagnostics: [] }),
    readHost: async () => ({ value: undefined, diagnostics: [] }),
    readClasses: async names => {
      const wanted = new Set(names.map(foldClassName))
      return (await definitions()).filter(definition => wanted.has(foldClassName(definition.name)))
    },
    hasDefinitions: async () => (await definitions()).length > 0,
    readWhole: async () => ({
      value: { source, hosts: [], definitions: orderDefinitions(await definitions()), ...NOTHING_UNREAD },
      diagnostics: [],
    }),
    close: async () => undefined,
  }
  return source
}

/** Every definition of such a directory, in the order of the names of its files; rejects with a `SourceError`. */
export const readDefinitions = async (path: string): Promise<readonly ClassDefinition[]> => {
  try {
    const files = (await readdir(path)).filter(file => file.endsWith(SUFFIX)).sort()
    const read = files.map(async file => {
      const { mode } = await stat(join(path, file))
      const isRead = (mode & 0o170111) === 0o100000
      return isRead
        ? [
            parseDeps(
              file.slice(0, -SUFFIX.length),
              await readFile(join(path, file), 'utf8'),
              join(path, file),
            ),
          ]
        : []
    })
    return (await Promise.all(read)).flat()
  } catch (cause) {
    throw new SourceError('the directory of dependencies cannot be read', { kind: 'file', path }, { cause })
  }
}

/** One `CLASS.deps` file: every name in it is required, in the order written. Pure. */
export const parseDeps = (name: string, text: string, path: string, count?: CountSteps): ClassDefinition => {
  const diagnostics: Diagnostic[] = []
  const requires: Membership[] = []
  for (const [index, line] of text.split('\n').entries()) {
    count?.(1 + line.length)
    const origin: Origin = { kind: 'file', path, line: index + 1 }
    const words = line
      .replace(/[#;].*/, '')
      .split(/\s+/)
      .filter(word => word !== '')
    const tokens = words.flatMap((word): Token[] => {
      count?.(word.length)
      const required = parseClassName(word)
      if (required === undefined)
        diagnostics.push(errorAt('syntax', `${quote(word)} is not a class name`, origin))
      return required === undefined ? [] : [{ name: required, remove: false }]
    })
    if (tokens.length > 0) requires.push({ weight: DEFAULT_WEIGHT, tokens, rest: words.join(' '), origin })
  }
  const origin: Origin = { kind: 'file', path }
  return { name, requires, after: [], conflicts: [], variables: [], origin, diagnostics }
}
