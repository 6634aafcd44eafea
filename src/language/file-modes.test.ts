import t from 'tap'
import { parseFileModes } from './file-modes.ts'

const cases: Record<string, { text: string; want: string | undefined }> = {
  'a line for all': { text: '# modes\nroot shadow 640\n', want: 'root shadow 640' },
  'a line for the class goes first': {
    text: 'www-data www-data 0600 WEB\nroot root 644\n',
    want: 'www-data www-data 600',
  },
  'only a line for another class': { text: 'root root 600 MAIL\n', want: undefined },
  'a set-user-ID bit': { text: 'root root 4755\n', want: 'root root 4755' },
}

for (const [name, { text, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const { value, diagnostics } = parseFileModes(text, 'file-modes', 'WEB')
    t.strictSame(diagnostics, [])
    t.equal(value && `${value.owner} ${value.group} ${value.mode.toString(8)}`, want)
  })
}

t.test('a line that does not parse is an error at its place', async t => {
  const { diagnostics } = parseFileModes('root root 644\nroot 644\n', 'file-modes', 'WEB')
  t.match(diagnostics, [
    { severity: 'error', code: 'file-modes-invalid', origin: { path: 'file-modes', line: 2 } },
  ])
})
