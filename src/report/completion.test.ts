import t from 'tap'
import { matchGolden } from '../testing/golden.ts'
import { type CompletedCommand, renderCompletion, SHELLS } from './completion.ts'

const COMMANDS: readonly CompletedCommand[] = [
  {
    name: 'lookup',
    describe: "print a host's list: lowest first",
    options: [
      { flag: '--config', describe: 'configuration [file]', values: [] },
      { flag: '--format', describe: 'what to print', values: ['lines', 'json'] },
      { flag: '--fact', describe: 'a class', values: [], isRepeatable: true },
      { flag: '--explain', describe: 'say why' },
    ],
    words: [],
  },
  { name: 'completion', describe: 'print this', options: [], words: ['bash', 'zsh'] },
]

for (const shell of SHELLS) {
  t.test(`the script for ${shell}`, async t => {
    await matchGolden(t, `fixtures/completion/${shell}`, renderCompletion(shell, COMMANDS))
  })
}
