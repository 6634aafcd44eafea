import { globSync } from 'node:fs'
import { basename } from 'node:path'

// run NAME: one benchmark. Its last line is the ratio that counts.

/** What every file of this room but this one exports: measures, prints a table and the ratio. */
export type Benchmark = () => Promise<void> | void

const names = globSync('*.ts', { cwd: import.meta.dirname })
  .map(path => basename(path, '.ts'))
  .filter(name => name !== 'run' && name !== 'sample' && !name.endsWith('.test'))
  .sort()
const [name] = process.argv.slice(2)
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`usage: npm run bench -- NAME, where NAME is one of: ${names.join(', ')}\n`)
  process.exitCode = 2
} else {
  const { run }: { run: Benchmark } = await import(`./${name}.ts`)
  await run()
}
