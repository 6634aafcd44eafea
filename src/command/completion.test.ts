import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { withFiles } from '../testing/site-files.ts'
import { COMMANDS } from './index.ts'

/** Words as bash splits them, the last one being completed, and some of what has to be among the answers. */
const rows: readonly (readonly [words: readonly string[], want: readonly string[], never?: string])[] = [
  [[''], COMMANDS.map(({ name }) => name)],
  [['lo'], ['lookup'], 'plan'],
  [
    ['lookup', '--'],
    ['--config', '--format', '--explain', '--fact', '--no-implicit', '--help'],
    '--implicit',
  ],
  [['lookup', '--for'], ['--format'], '--config'],
  [
    ['graph', '--format', ''],
    ['dot', 'mermaid', 'svg', 'json'],
  ],
  [['graph', '--format', '=', 's'], ['svg'], 'dot'],
  [
    ['graph', '--format', '='],
    ['svg', 'dot'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh'],
  ],
  [['diff', '--against', ''], [], '--config'],
  [['nosuch', '--'], [], '--config'],
]

t.test('bash completes commands, options and their values', async t => {
  const { stdout, exitCode } = await runInProcess(['completion', 'bash'])
  t.equal(exitCode, 0)
  await withFiles({ script: stdout }, async directory => {
    for (const [words, want, never] of rows) {
      const program = `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fai_classes; printf '%s\\n' "\${COMPREPLY[@]}"`
      const args = ['--norc', '-c', program, 'bash', join(directory, 'script'), 'fai-classes', ...words]
      const answers = execFileSync('bash', args, { encoding: 'utf8' }).split('\n').filter(Boolean)
      t.strictSame(
        want.filter(word => !answers.includes(word)),
        [],
        `${words.join(' ')}: ${answers.join(' ')}`,
      )
      t.notOk(never !== undefined && answers.includes(never), `${words.join(' ')} is not ${never}`)
    }
  })
})

t.test('the shell is that of the environment where none is named', async t => {
  const zsh = await runInProcess(['completion', 'zsh'])
  t.match(zsh.stdout, /^#compdef fai-classes\n/)
  t.match(zsh.stdout, /'\*--class=\[.*\]:value:_files'/)
  t.strictSame(await runInProcess(['completion'], { environment: { SHELL: '/usr/bin/zsh' } }), zsh)
  t.match((await runInProcess(['completion'], { environment: {} })).stdout, /^# bash completion/)
})

t.test('another shell is wrong use', async t => {
  t.match(await runInProcess(['completion', 'fish']), { exitCode: 2, stdout: '' })
})
