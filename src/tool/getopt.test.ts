import t from 'tap'
import { parseOptions } from './getopt.ts'

/** What is found: letters that are set, values, words, wrong letters. */
type Found = {
  readonly flags?: string
  readonly c?: string
  readonly words?: string[]
  readonly wrong?: string[]
}

const cases: Record<string, { args: string[]; want: Found }> = {
  'letters joined': { args: ['-Biv', 'a'], want: { flags: 'Biv', words: ['a'] } },
  'a value behind its letter': { args: ['-cA,B', 'a'], want: { c: 'A,B', words: ['a'] } },
  'a value as the next word': { args: ['-ic', 'A,B', 'a'], want: { flags: 'i', c: 'A,B', words: ['a'] } },
  'a value that looks like an option': { args: ['-c', '-i', 'a'], want: { c: '-i', words: ['a'] } },
  'the last value wins': { args: ['-cA', '-cB'], want: { c: 'B' } },
  'the first word ends the options': { args: ['-i', 'a', '-v'], want: { flags: 'i', words: ['a', '-v'] } },
  'two dashes end the options': { args: ['-i', '--', '-v'], want: { flags: 'i', words: ['-v'] } },
  'one dash is a word': { args: ['-', '-v'], want: { words: ['-', '-v'] } },
  'an unknown letter': { args: ['-iX', 'a'], want: { flags: 'i', words: ['a'], wrong: ['X'] } },
  'a value that is missing': { args: ['-ic'], want: { flags: 'i', wrong: ['c'] } },
  'a colon is no letter': { args: ['-:'], want: { wrong: [':'] } },
}

for (const [name, { args, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const { flags, values, words, wrong } = parseOptions('Bc:iv', args)
    const { flags: letters = '', c, words: left = [], wrong: unknown = [] } = want
    t.strictSame([[...flags].join(''), values.get('c'), words, wrong], [letters, c, left, unknown])
  })
}
