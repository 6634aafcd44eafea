import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TsigKey } from '../model/tsig-key.ts'
import type { Named } from './named.ts'

const execute = promisify(execFile)

/** Changes a zone of a named of a test, by lines of `nsupdate` such as `add web01.example.test 300 A 192.0.2.1`; each list is one update. */
export const nsupdate = async (
  { port }: Pick<Named, 'port'>,
  zone: string,
  updates: readonly (readonly string[])[],
  key?: TsigKey,
): Promise<void> => {
  const signing =
    key === undefined ? [] : ['-y', `${key.algorithm}:${key.name}:${key.secret.toString('base64')}`]
  const running = execute('nsupdate', ['-v', ...signing])
  const script = [
    `server 127.0.0.1 ${port}`,
    ...updates.flatMap(lines => [`zone ${zone}`, ...lines.map(line => `update ${line}`), 'send']),
    '',
  ]
  running.child.stdin?.end(script.join('\n'))
  await running
}
