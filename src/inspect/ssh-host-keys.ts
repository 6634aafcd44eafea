import { join } from 'node:path'
import { namesIn, readText } from './folder.ts'

/** The public half of one host key, and where it is. */
export type SshHostKey = { readonly path: string; readonly text: string }

/** Whether sshd's public host keys have such a name. Pure. */
export const isSshHostKey = (name: string): boolean => /^ssh_host_.+_key\.pub$/.test(name)

/** Reads the public host keys of a directory such as `/etc/ssh`; none where there is no such directory. */
export const readSshHostKeys = async (directory: string): Promise<readonly SshHostKey[]> => {
  const names = (await namesIn(directory)).filter(isSshHostKey)
  return Promise.all(
    names.map(async name => ({ path: join(directory, name), text: await readText(join(directory, name)) })),
  )
}
