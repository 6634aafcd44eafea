import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import t from 'tap'

/** A process that undoes something at its end, and has started a program: its output is closed once both are gone. */
const start = (rest: string) => {
  const module = pathToFileURL(join(import.meta.dirname, 'at-exit.ts')).href
  const program = `
    import { spawn } from 'node:child_process'
    const { atExit, untilExit } = await import(${JSON.stringify(module)})
    const forget = atExit(() => console.log('undone'))
    untilExit(spawn('sleep', ['600'], { stdio: ['ignore', 'inherit', 'ignore'] }))
    console.log('started')
    ${rest}`
  const words = ['--input-type=module', '-e', program]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  const output = createInterface(child.stdout).on('line', line => lines.push(line))
  return { child, lines, output }
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  t.test(`${signal} ends what was started, and undoes the rest`, async t => {
    const { child, lines, output } = start('')
    await once(output, 'line')
    child.kill(signal)
    await once(child, 'close')
    t.strictSame(lines, ['started', 'undone'])
  })
}

t.test('so does an end without a signal, but for what is forgotten', async t => {
  const { child, lines } = start('forget(); process.exit(0)')
  await once(child, 'close')
  t.strictSame(lines, ['started'])
})
