import { join } from 'node:path'
import type { ServeConfig } from '../config/serve-schema.ts'
import { type Diagnostic, errorAt, hasErrors, type Origin, warningAt } from '../diagnostic/diagnostic.ts'

/** What can be served. */
export const SERVE_PARTS = ['dhcp', 'tftp', 'http', 'dns', 'api'] as const

/** One of them. */
export type ServePart = (typeof SERVE_PARTS)[number]

/** What is looked at beside the configuration. */
export type ServeSurroundings = {
  /** The place of a key in the configuration. */
  readonly originOf: (key: readonly PropertyKey[]) => Origin
  readonly resolvePath: (path: string) => string
  readonly isDirectory: (path: string) => boolean
  readonly isFile: (path: string) => boolean
}

/**
 * What stands against serving these parts, with the place of the key. A root that is missing is an error; a file below it is
 * a warning, for it may come later, and not every machine boots it.
 */
export const findServeFaults = (
  serve: ServeConfig,
  parts: ReadonlySet<ServePart>,
  surroundings: ServeSurroundings,
): readonly Diagnostic[] => {
  const { originOf, resolvePath, isDirectory, isFile } = surroundings
  const roots = [
    ...new Map(
      rootsOf(serve).flatMap(root => (parts.has(root.part) ? [[root.key.join('.'), root]] : [])),
    ).values(),
  ]
  const rootFaults = roots.flatMap(({ key, root }) => {
    const fault = (message: string) => [errorAt('config-invalid', message, originOf(key))]
    if (root === undefined) return fault('serve.http.root is missing, and there is no serve.tftp.root')
    return isDirectory(resolvePath(root)) ? [] : fault(`${key.join('.')}: "${root}" is no directory`)
  })
  const isThere = (file: string) => roots.some(({ root = '' }) => isFile(join(resolvePath(root), file)))
  const missing =
    roots.length === 0 || hasErrors(rootFaults) ? [] : bootFiles(serve).filter(({ file }) => !isThere(file))
  return [
    ...rootFaults,
    ...missing.map(({ key, file }) => {
      const message = `${key.join('.')}: there is no file "${file}" below the root`
      return warningAt('boot-file-missing', message, originOf(key))
    }),
  ]
}

type Key = readonly string[]

type Root = { readonly part: ServePart; readonly key: Key; readonly root: string | undefined }

const rootsOf = ({ http, tftp }: ServeConfig): readonly Root[] => {
  const isShared = http?.root === undefined && tftp !== undefined
  return [
    { part: 'tftp', key: ['serve', 'tftp', 'root'], root: tftp?.root },
    { part: 'http', key: ['serve', isShared ? 'tftp' : 'http', 'root'], root: httpRootOf({ http, tftp }) },
  ]
}

/** Whose files HTTP serves. Pure. */
export const httpRootOf = ({ http, tftp }: Pick<ServeConfig, 'http' | 'tftp'>): string | undefined =>
  http?.root ?? tftp?.root

/** Every file that a machine may be told to boot. */
const bootFiles = ({ boot }: ServeConfig): readonly { key: Key; file: string }[] => {
  const { kernel, initrd, byClass, loaders } = boot
  const at = (below: Key, files: Readonly<Record<string, string | undefined>>) =>
    Object.entries(files).flatMap(([name, file]) =>
      file === undefined ? [] : [{ key: ['serve', 'boot', ...below, name], file }],
    )
  return [
    ...at([], { kernel, initrd }),
    ...Object.entries(byClass).flatMap(([name, image]) =>
      at(['byClass', name], { kernel: image.kernel, initrd: image.initrd }),
    ),
    ...at(['loaders'], loaders),
  ]
}
