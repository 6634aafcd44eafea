import { quoteShell } from '../model/shell-word.ts'

/** Nobody answers a question of ssh, and a server that is silent is given up. */
const OPTIONS = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20']

/** The argv that runs a command at `user@server`; its words reach it unchanged. Pure. */
export const sshArgv = (
  user: string,
  server: string,
  ...commands: readonly (readonly string[])[]
): string[] => [
  'ssh',
  ...OPTIONS,
  ...['-l', user, '--', server],
  commands.map(words => words.map(quoteShell).join(' ')).join(' && '),
]

/** The argv that copies files below a directory of `user@server`. Pure. */
export const scpArgv = (user: string, server: string, files: readonly string[], to: string): string[] => [
  'scp',
  ...['-q', '-p', '-r', ...OPTIONS, '--'],
  ...files,
  `${user}@${server.includes(':') ? `[${server}]` : server}:${to}`,
]
