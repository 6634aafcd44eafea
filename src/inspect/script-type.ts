import { open } from 'node:fs/promises'

const SHELLS = ['sh', 'bash', 'dash', 'ksh', 'zsh']

/** What a script is, for the header of its output: `scriptType` of its interpreter, `missing` where it cannot be read. */
export const readScriptType = async (path: string): Promise<string> => {
  const head = await readHead(path)
  return head === undefined ? 'missing' : scriptType(head)
}

/** The name of the program that runs a script; undefined where the file cannot be read or says none. */
export const readInterpreter = async (path: string): Promise<string | undefined> => {
  const head = await readHead(path)
  return head === undefined ? undefined : interpreterOf(head)
}

const readHead = async (path: string): Promise<string | undefined> => {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** What the first bytes of a file say that it is: `shell`, another interpreter, or `program`. Pure. */
export const scriptType = (head: string): string => {
  const interpreter = interpreterOf(head)
  return SHELLS.includes(interpreter ?? '') ? 'shell' : (interpreter ?? 'program')
}

/** The interpreter that the first bytes of a file name, without its path: `bash` of `#!/usr/bin/env bash`. Pure. */
export const interpreterOf = (head: string): string | undefined => {
  const first = head.split('\n', 1)[0] ?? ''
  if (!first.startsWith('#!')) return undefined
  const words = first.slice(2).trim().split(/\s+/)
  const interpreter = words[0]?.endsWith('/env') === true ? words[1] : words[0]
  return interpreter?.split('/').at(-1) || undefined
}
