import { readFile } from 'node:fs/promises'

/**
 * When a process began, in clock ticks since the start of the machine (proc(5), field 22 of `stat`); undefined where it has ended.
 * With its number it names one process for good, for numbers are used again.
 */
export const readProcessBegin = async (pid: number): Promise<string | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
}
