import { join } from 'node:path'
import t from 'tap'
import { SourceError } from '../diagnostic/source-error.ts'
import { withFiles } from '../testing/site-files.ts'
import { chooseArchive, findBaseArchive, parseListing } from './base-archive.ts'
import type { ReadCommand } from './runner.ts'

const origin = { kind: 'file', path: 'class/FAIBASE.var', line: 4 } as const
const url = { text: 'http://192.0.2.1/base', origin }
const classes = ['DEFAULT', 'FAIBASE', 'DEBIAN', 'host01', 'LAST']
const { signal } = new AbortController()
const nothing: ReadCommand = async () => '<html></html>'

const choices: Record<string, { local?: string[]; remote?: string[]; want: string | undefined }> = {
  'the highest class': { local: ['FAIBASE.tar.xz', 'DEBIAN.tgz', 'OTHER.tar'], want: 'DEBIAN.tgz' },
  'of one class the first suffix of FAI': {
    local: ['DEBIAN.tar.zst', 'DEBIAN.tar.gz'],
    want: 'DEBIAN.tar.gz',
  },
  'a suffix that FAI does not know': { local: ['DEBIAN.zip', 'DEBIAN', 'DEBIANX.tar'], want: undefined },
  'of both places the one here': { local: ['DEBIAN.tzst'], remote: ['DEBIAN.tgz'], want: 'DEBIAN.tzst' },
  'a higher class there': { local: ['FAIBASE.tar'], remote: ['DEBIAN.tar.xz'], want: 'DEBIAN.tar.xz there' },
}

for (const [name, { local = [], remote = [], want }] of Object.entries(choices)) {
  t.test(`${name}: ${want ?? 'none'}`, async t => {
    const found = chooseArchive(classes, local, remote)
    t.equal(found && `${found.name}${found.isRemote ? ' there' : ''}`, want)
  })
}

t.test('a listing is whatever links to files of the directory itself', async t => {
  const text = `<a href="DEBIAN.tar.xz">x</a> <A HREF='./WEB.tgz'>y</A> <a href=LAST.tar>z</a>
<a href="../up/DEBIAN.tar">no</a> <a href="/abs/X.tar">no</a> <a href="?C=M">no</a> <a href="http://x/Y.tar">no</a>`
  t.strictSame(parseListing(text), ['DEBIAN.tar.xz', 'WEB.tgz', 'LAST.tar'])
})

t.test('an archive of the config space needs no network', async t =>
  withFiles({ 'basefiles/DEBIAN.tar.xz': '', 'basefiles/mk-basefile': '' }, async configSpace => {
    const { value, diagnostics } = await findBaseArchive({ configSpace, classes }, nothing, signal)
    t.strictSame(diagnostics, [])
    const path = join(configSpace, 'basefiles/DEBIAN.tar.xz')
    t.strictSame(value, { class: 'DEBIAN', place: { kind: 'file', path } })
  }),
)

t.test('one at the URL has an address below it, with or without the slash at its end', async t =>
  withFiles({}, async configSpace => {
    for (const text of [url.text, `${url.text}/`]) {
      const asked: string[] = []
      const read: ReadCommand = async argv => {
        asked.push(argv.at(-1) ?? '')
        return '<a href="FAIBASE.tar.xz">'
      }
      const query = { configSpace, classes, url: { ...url, text } }
      const { value } = await findBaseArchive(query, read, signal)
      t.strictSame(asked, ['http://192.0.2.1/base/'])
      t.match(value, { class: 'FAIBASE', place: { url: 'http://192.0.2.1/base/FAIBASE.tar.xz' } })
    }
  }),
)

t.test('what is wrong with the URL is told where it is written', async t =>
  withFiles({}, async configSpace => {
    const refusing: ReadCommand = async () => {
      throw new SourceError('curl ended with 22', { kind: 'option', option: 'curl' })
    }
    const find = (text: string, read: ReadCommand) =>
      findBaseArchive({ configSpace, classes, url: { ...url, text } }, read, signal)
    t.match(await find(url.text, refusing), {
      value: undefined,
      diagnostics: [
        { code: 'base-source-missing', severity: 'error', message: /curl ended with 22/, origin },
      ],
    })
    t.match(await find('ftp://192.0.2.1/base', nothing), {
      value: undefined,
      diagnostics: [{ code: 'bad-variable', severity: 'error', origin }],
    })
    t.match(await find(url.text, nothing), {
      value: undefined,
      diagnostics: [{ code: 'base-source-missing', severity: 'warning', origin }],
    })
  }),
)
