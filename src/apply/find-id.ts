import { readFile } from 'node:fs/promises'
import { resolveTargetPath } from './target-path.ts'

/**
 * The number of a user (`/etc/passwd`) or group (`/etc/group`): itself where it is one, 0 for root, else as that file of
 * the target says; undefined where it names nobody so.
 */
export const findId = async (
  target: string,
  file: '/etc/passwd' | '/etc/group',
  name: string,
): Promise<number | undefined> => {
  if (/^[0-9]+$/.test(name)) return Number(name)
  if (name === 'root') return 0
  const text = await readFile(await resolveTargetPath(target, file), 'utf8').catch(() => '')
  return parseId(text, name)
}

/** The third field of the line of a name in passwd(5) or group(5). Pure. */
const parseId = (text: string, name: string): number | undefined => {
  const fields = text
    .split('\n')
    .map(line => line.split(':'))
    .find(([first]) => first === name)
  return fields?.[2] !== undefined && /^[0-9]+$/.test(fields[2]) ? Number(fields[2]) : undefined
}
