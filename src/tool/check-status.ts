import { appendFileSync } from 'node:fs'
import { formatStatus } from '../apply/task-log.ts'
import type { Environment, Tool } from './tool.ts'

/** The directory of logs and a file in it, as FAI names it where LOGDIR is not set. Pure. */
export const logFile = (env: Environment, name: string): string => `${env['LOGDIR'] ?? ''}/${name}`

/** `check_status NAME STATUS`: a line of `status.log`, and the same on stdout (fai-semantics.md, section 6.4). */
export const checkStatus: Tool = async ([name = '', status = ''], { env, print }) => {
  const line = formatStatus(name, Number(status))
  print(line)
  appendFileSync(logFile(env, 'status.log'), `${line}\n`)
  return 0
}
