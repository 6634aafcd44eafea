import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { PATIENCE_MS } from './patience.ts'

/** Says that a port was taken, whatever the server; some of them run on with none. */
export const PORT_IN_USE = /address (?:already )?in use/i

/** Resolves when a server says on its standard error that it runs; rejects where it ends, or its port is taken. */
export const readyLine = async (
  child: ChildProcess,
  ready: RegExp,
  onLine: (line: string) => void,
): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => reject(new Error('it does not say that it runs')), PATIENCE_MS)
  child.once('error', reject)
  child.once('exit', code => reject(new Error(`it ended with code ${code}`)))
  if (child.stderr !== null) {
    createInterface(child.stderr).on('line', line => {
      onLine(line)
      if (ready.test(line)) resolve()
      if (PORT_IN_USE.test(line)) reject(new Error(line))
    })
  }
  await promise.finally(() => clearTimeout(timer))
}
