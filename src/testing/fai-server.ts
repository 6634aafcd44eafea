import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/**
 * Unpacks Debian's package fai-server below a directory, and gives where its files are. It is not installed: its
 * `/etc/fai/apt` would become part of every system that a test installs.
 */
export const unpackFaiServer = async (directory: string): Promise<string> => {
  await runProgram('sh', ['-c', 'cd "$1" && apt-get -q download fai-server', 'sh', directory])
  const archive = (await readdir(directory)).find(name => name.endsWith('.deb')) ?? ''
  const root = join(directory, 'x')
  await runProgram('dpkg', ['-x', join(directory, archive), root])
  return root
}
