import { join } from 'node:path'
import type { ClassFile, ClassPath, LocalPackage } from '../model/config-space.ts'
import { isFile, namesIn, readText } from './folder.ts'

/** The files of a folder that bear the name of a class, in the order of the classes. */
export const readClassFiles = async (
  folder: string,
  classes: readonly string[],
): Promise<readonly ClassFile[]> => {
  const files = await findClassFiles(folder, classes)
  return Promise.all(files.map(async file => ({ ...file, text: await readText(file.path) })))
}

/** Where the files `CLASS` with one of these endings are, in the order of the classes, then of the endings. */
export const findClassFiles = async (
  folder: string,
  classes: readonly string[],
  endings: readonly string[] = [''],
): Promise<readonly ClassPath[]> => {
  const wanted = classes.flatMap(name =>
    endings.map(ending => ({ class: name, path: join(folder, name + ending) })),
  )
  const found = await Promise.all(wanted.map(async file => ((await isFile(file.path)) ? [file] : [])))
  return found.flat()
}

/** What bears the name of a class in a folder, file or directory, in the order of the classes. */
export const findNamed = async (
  folder: string,
  classes: readonly string[],
): Promise<readonly ClassPath[]> => {
  const names = new Set(await namesIn(folder))
  return classes.filter(name => names.has(name)).map(name => ({ class: name, path: join(folder, name) }))
}

/** The package files `CLASS/*.deb` and `*.rpm` of a folder, in the order of the classes, then of the names. */
export const findLocalPackages = async (
  folder: string,
  classes: readonly string[],
): Promise<readonly LocalPackage[]> => {
  const found = await Promise.all(
    classes.map(async name => {
      const files = await namesIn(join(folder, name))
      return files.flatMap(file => {
        const [, kind] = /\.(deb|rpm)$/.exec(file) ?? []
        if (kind !== 'deb' && kind !== 'rpm') return []
        return [{ class: name, path: join(folder, name, file), kind } as const]
      })
    }),
  )
  return found.flat()
}
