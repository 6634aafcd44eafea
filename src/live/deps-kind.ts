import { isDeepStrictEqual } from 'node:util'
import type { ClassDefinition } from '../model/catalog.ts'
import { foldClassName, parseClassName } from '../model/class-name.ts'
import { definitionsSource, readDefinitions } from '../source/deps.ts'
import type { SourceChange } from '../source/live-source.ts'
import type { FileKind } from './file-kind.ts'

/** A directory of `CLASS.deps` files. Keys are folded names of classes. */
export const depsKind = (path: string): FileKind<readonly ClassDefinition[]> => ({
  name: `deps ${path}`,
  path,
  read: async () => ({ value: await readDefinitions(path), diagnostics: [] }),
  pathsOf: definitions => [
    path,
    ...definitions.flatMap(({ origin }) => (origin.kind === 'file' ? origin.path : [])),
  ],
  open: (current, note) => {
    const source = definitionsSource(path, async () => current())
    return {
      ...source,
      readClasses: (names, signal) => {
        for (const name of names) note(foldClassName(name))
        return source.readClasses(names, signal)
      },
    }
  },
  lists: async () => false,
  compare,
})

const compare = (before: readonly ClassDefinition[], after: readonly ClassDefinition[]): SourceChange => {
  const [old, fresh] = [before, after].map(all => new Map(all.map(each => [each.name, each])))
  const names = [...new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])]
  const changed = names.filter(name => !isDeepStrictEqual(old?.get(name), fresh?.get(name)))
  return {
    keys: new Set(changed.map(foldClassName)),
    hosts: [],
    classes: changed.flatMap(name => parseClassName(name) ?? []),
    origins: changed
      .slice(0, MAX_ORIGINS)
      .flatMap(name => (fresh?.get(name) ?? old?.get(name))?.origin ?? []),
  }
}

const MAX_ORIGINS = 20
