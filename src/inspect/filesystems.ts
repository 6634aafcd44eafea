import { readFile } from 'node:fs/promises'
import { release } from 'node:os'

/**
 * The file systems that the running kernel can mount: those it names itself, and those that it would load a module for.
 * A kernel may lack any of them, vfat too, so nothing is assumed.
 */
export const readFilesystems = async (): Promise<ReadonlySet<string>> => {
  const modules = `/lib/modules/${release()}`
  const [loaded, loadable, builtin] = await Promise.all(
    ['/proc/filesystems', `${modules}/modules.dep`, `${modules}/modules.builtin`].map(path =>
      readFile(path, 'utf8').catch(() => ''),
    ),
  )
  return new Set([...parseFilesystems(loaded ?? ''), ...parseModules(`${loadable}\n${builtin}`)])
}

/** The names of `/proc/filesystems`: `nodev` where it needs no device, a tab, the name. Pure. */
export const parseFilesystems = (text: string): readonly string[] =>
  text.split('\n').flatMap(line => line.split('\t')[1] || [])

/** The names of the modules below `kernel/fs/` in `modules.dep` or `modules.builtin`. Pure. */
export const parseModules = (text: string): readonly string[] =>
  [...text.matchAll(/^kernel\/fs\/[^:\n]*?([^/:\n]+)\.ko/gm)].map(match => match[1] as string)
