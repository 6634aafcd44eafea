import t from 'tap'
import { compareInstalled, parseDpkgStatus } from './dpkg-status.ts'

const stanza = (name: string, version: string, state = 'installed') =>
  `Package: ${name}\nStatus: install ok ${state}\nArchitecture: amd64\nVersion: ${version}\nDescription: x\n Version: no\n`

t.test('what is installed, without what was removed', async t => {
  const text = [
    stanza('mc', '3:4.8'),
    stanza('nano', '7', 'config-files'),
    stanza('vim', '9', 'unpacked'),
  ].join('\n')
  t.strictSame(
    [...parseDpkgStatus(text)],
    [
      ['mc:amd64', '3:4.8'],
      ['vim:amd64', '9'],
    ],
  )
  t.equal(parseDpkgStatus('').size, 0)
})

t.test('new, changed and gone packages, by name', async t => {
  const before = new Map([
    ['vim', '9'],
    ['mc', '1'],
    ['less', '5'],
  ])
  const after = new Map([
    ['nano', '7'],
    ['mc', '2'],
    ['less', '5'],
  ])
  t.strictSame(compareInstalled(before, after), [
    { package: 'mc', from: '1', to: '2' },
    { package: 'nano', to: '7' },
    { package: 'vim', from: '9' },
  ])
})
