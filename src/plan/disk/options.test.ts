import t from 'tap'
import { optionValue, splitOptions } from './options.ts'

const ORIGIN = { kind: 'file', path: 'CLASS', line: 3 } as const
const VARIABLES = { UUID: 'abc', WORDS: '-m 1', EMPTY: '' }

const words: Record<string, string[]> = {
  '': [],
  '  -L  root\t-q ': ['-L', 'root', '-q'],
  "-L 'my disk'": ['-L', 'my disk'],
  "-L ''": ['-L', ''],
  '-L my\\ disk': ['-L', 'my disk'],
  '-U $UUID': ['-U', 'abc'],
  '-U ${UUID}x': ['-U', 'abcx'],
  "-U '$UUID'": ['-U', '$UUID'],
  $WORDS: ['-m', '1'],
  'a${WORDS}b': ['a-m', '1b'],
  '-q $EMPTY -v': ['-q', '-v'],
}

for (const [text, want] of Object.entries(words)) {
  t.test(`options ${text}`, async t => {
    t.strictSame(splitOptions(text, VARIABLES, ORIGIN), { value: want, diagnostics: [] })
  })
}

const refused: Record<string, { code: string; message: string }> = {
  '-U ${ROOT_UUID}': {
    code: 'variable-unset',
    message: `variable ROOT_UUID of "-U $\{ROOT_UUID}" has no value`,
  },
  '-U $constructor': {
    code: 'variable-unset',
    message: 'variable constructor of "-U $constructor" has no value',
  },
  '-U $(uuidgen)': {
    code: 'disk-config-unsupported',
    message: '"$(uuidgen)", which needs a shell, is not supported',
  },
  '-q; reboot': {
    code: 'disk-config-unsupported',
    message: '"; reboot", which needs a shell, is not supported',
  },
  "-L 'open": { code: 'disk-config-unsupported', message: '"\'open", which needs a shell, is not supported' },
}

for (const [text, want] of Object.entries(refused)) {
  t.test(`options ${text} are refused`, async t => {
    const diagnostics = [{ severity: 'error', ...want, origin: ORIGIN }]
    t.strictSame(splitOptions(text, VARIABLES, ORIGIN), { value: undefined, diagnostics })
  })
}

t.test('the value of a short option stands behind it or is joined to it, the last one wins', async t => {
  t.equal(optionValue(['-L', 'a'], 'L'), 'a')
  t.equal(optionValue(['-La'], 'L'), 'a')
  t.equal(optionValue(['-L', 'a', '-L', 'b'], 'L'), 'b')
  t.equal(optionValue(['-L'], 'L'), undefined)
  t.equal(optionValue(['-q'], 'L'), undefined)
})
