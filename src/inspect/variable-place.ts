import { join } from 'node:path'
import type { Origin } from '../diagnostic/diagnostic.ts'
import { isFile, readText } from './folder.ts'

/**
 * Where a config space sets a variable: the last line with `NAME=` in the `.var` file of the highest class that has one.
 * The folder of all classes where no file says so in these words.
 */
export const findVariablePlace = async (
  configSpace: string,
  classes: readonly string[],
  name: string,
): Promise<{ readonly class?: string; readonly origin: Origin }> => {
  const folder = join(configSpace, 'class')
  for (const className of classes.toReversed()) {
    const path = join(folder, `${className}.var`)
    const line = (await isFile(path)) ? lineOf(await readText(path), name) : undefined
    if (line !== undefined) return { class: className, origin: { kind: 'file', path, line } }
  }
  return { origin: { kind: 'file', path: folder } }
}

/** From 1. */
const lineOf = (text: string, name: string): number | undefined => {
  const setting = new RegExp(`^\\s*(?:export\\s+)?${name}=`)
  const index = text.split('\n').findLastIndex(line => setting.test(line))
  return index < 0 ? undefined : index + 1
}
