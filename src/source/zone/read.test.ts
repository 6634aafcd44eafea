import { readdir } from 'node:fs/promises'
import t from 'tap'
import { formatDiagnostic } from '../../diagnostic/format.ts'
import { SourceError } from '../../diagnostic/source-error.ts'
import { matchGolden } from '../../testing/golden.ts'
import type { Rdata } from '../../wire/dns/rdata.ts'
import { readZone } from './read.ts'

const FIXTURES = 'fixtures/zone'
const signal = new AbortController().signal

const formatRdata = (rdata: Rdata): string => {
  switch (rdata.kind) {
    case 'address':
      return rdata.address
    case 'name':
      return `${rdata.name}.`
    case 'text':
      return rdata.strings.map(string => JSON.stringify(string.toString())).join(' ')
    case 'soa':
      return `serial ${rdata.serial}`
    case 'opaque':
      return rdata.octets.toString('hex')
  }
}

// Paths in diagnostics are as the file was named, so the fixtures are read from the top of the checkout.
process.chdir(`${import.meta.dirname}/../../..`)

for (const name of await readdir(FIXTURES)) {
  t.test(`${name}: records and diagnostics with their lines`, async t => {
    const path = `${FIXTURES}/${name}/example.test.zone`
    const { zone, diagnostics } = await readZone('example.test', path, signal)
    const records = [...zone.nodes.values()]
      .flatMap(node => [...node.values()].flat())
      .map(({ owner, ttlSeconds, type, rdata, path: file = '', line }) => {
        const place = `${file.slice(`${FIXTURES}/${name}/`.length)}:${line}`
        return `${place}: ${owner}. ${ttlSeconds ?? '-'} ${type} ${formatRdata(rdata)}`
      })
    const text = [...records, ...diagnostics.map(formatDiagnostic)].join('\n')
    await matchGolden(t, `${FIXTURES}/${name}/expected.txt`, `${text}\n`)
  })
}

t.test('a file that cannot be read is an environment error that names it', async t => {
  await t.rejects(readZone('example.test', 'nowhere/example.test.zone', signal), {
    name: 'SourceError',
    message: 'cannot read zone file nowhere/example.test.zone: ENOENT',
    origin: { kind: 'file', path: 'nowhere/example.test.zone' },
  })
})

t.test('files that include each other over and over are an error, not a wait', async t => {
  const twice = (name: string): string => `$INCLUDE ${name}.zone\n$INCLUDE ${name}.zone\n`
  const names = [...'abcdefghijklmnopqrst']
  const files = names.map((name, index) => [`${name}.zone`, twice(names[index + 1] ?? 'end')])
  const directory = t.testdir({ ...Object.fromEntries(files), 'end.zone': '' })
  const { diagnostics } = await readZone('example.test', `${directory}/a.zone`, signal)
  t.strictSame(
    diagnostics.map(({ code, message }) => [code, message]),
    [['zone-syntax', '$INCLUDE asks for more than 1000 files']],
  )
})

t.test('an included file that cannot be read names the line that includes it', async t => {
  const directory = t.testdir({ 'a.zone': '@ 300 NS ns1\n$INCLUDE b.zone\n' })
  const error = await readZone('example.test', `${directory}/a.zone`, signal).catch((cause: unknown) => cause)
  t.ok(error instanceof SourceError)
  t.match(error, { origin: { kind: 'file', path: `${directory}/a.zone`, line: 2 } })
})
