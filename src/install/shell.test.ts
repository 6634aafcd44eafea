import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeRunner } from '../apply/runner.ts'
import { openShell, type Shell, type Sourced } from './shell.ts'

const directory = mkdtempSync(join(tmpdir(), 'fai-classes-shell-test-'))
t.teardown(() => rmSync(directory, { recursive: true, force: true }))

const source = async (shell: Shell, text: string): Promise<Sourced & { lines: string[] }> => {
  const path = join(directory, 'file.sh')
  writeFileSync(path, text)
  const lines: string[] = []
  const signal = new AbortController().signal
  const sourced = await shell.source(path, {
    cwd: directory,
    signal,
    timeoutSeconds: 20,
    onLine: line => lines.push(line),
  })
  return { ...sourced, lines }
}

const open = (variables: Record<string, string> = {}): Shell => openShell(makeRunner(process.env), variables)

t.test('what a file sets, changes and unsets is there for the next one', async t => {
  const shell = open({ A: 'old', B: 'gone', TEXT: 'two\nlines and a \' and a "' })
  t.match(await source(shell, 'A=new\nunset B\nC="$TEXT"\nlocal_only() { echo "$A"; }\n'), {
    exitCode: 0,
    hasExited: false,
  })
  t.equal(shell.variables.get('A'), 'new')
  t.equal(shell.variables.has('B'), false)
  t.equal(shell.variables.get('C'), 'two\nlines and a \' and a "')
  t.equal(shell.variables.has('PWD'), false)
  t.strictSame((await source(shell, 'local_only\n')).lines, ['new'], 'functions are kept, too')
})

t.test('a file that returns another status than 0 has its variables taken over', async t => {
  const shell = open()
  t.match(await source(shell, 'A=1\nreturn 7\n'), { exitCode: 7, hasExited: false })
  t.equal(shell.variables.get('A'), '1')
})

t.test('a file that exits is told apart, and ends nothing but itself', async t => {
  const shell = open({ A: '1' })
  t.match(await source(shell, 'B=2\nexit 3\n'), { exitCode: 3, hasExited: true })
  t.equal(shell.variables.get('A'), '1')
  t.equal(shell.variables.get('B'), '2')
})

t.test('a file that ends the shell without a word leaves the variables as they were', async t => {
  const shell = open({ A: '1' })
  t.match(await source(shell, 'A=2\nkill -9 $$\n'), { exitCode: 137, hasExited: true })
  t.equal(shell.variables.get('A'), '1')
})

t.test('a copy changes nothing in the shell that it was made of', async t => {
  const shell = open({ A: '1' })
  const copy = shell.copy()
  await source(copy, 'A=2\n')
  t.equal(shell.variables.get('A'), '1')
  t.equal(copy.variables.get('A'), '2')
})
