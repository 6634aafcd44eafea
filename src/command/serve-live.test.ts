import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { parseConfig } from '../config/parse-config.ts'
import { formatTransaction } from '../server/transaction.ts'
import { HOSTS_ZONE, withFiles } from '../testing/site-files.ts'
import type { ServePart } from './serve-faults.ts'
import { openLive, wantsLive } from './serve-live.ts'
import type { ServingConfig } from './serve-wiring.ts'

const DNS = 'dns: { listen: "192.0.2.1", zone: classes.test, primary: ns.example.test }'

const rows: readonly (readonly [serve: string, parts: readonly ServePart[], want: boolean])[] = [
  ['tftp: { listen: "192.0.2.1", root: r }', ['tftp'], false],
  ['watch: {}', [], true],
  ['history: {}', [], true],
  [DNS, ['dns'], true],
  ['api: {}', ['api'], true],
  // With --only another process answers, and follows the sources for that.
  [`${DNS}, watch: {}, history: {}`, ['tftp'], false],
]

const configOf = (sources: string, serve: string): ServingConfig => {
  const { value } = parseConfig(`sources: [${sources}]\nserve: { ${serve} }\n`, 'c.yaml')
  if (value?.serve === undefined) throw new Error('the configuration is not valid')
  return { ...value, serve: value.serve, path: 'c.yaml', resolvePath: path => path }
}

for (const [serve, parts, want] of rows) {
  t.test(`${serve} with ${parts.join(' and ') || 'no part'}`, async t => {
    t.equal(wantsLive(configOf('{ kind: deps, path: c }', serve).serve, new Set(parts)), want)
  })
}

t.test('the log says which error a list got, where it is, and that it is mended', async t => {
  await withFiles({ zone: HOSTS_ZONE }, async directory => {
    const path = join(directory, 'zone')
    const config = configOf(
      `{ kind: zonefile, zone: example.test, path: '${path}' }`,
      'watch: { pollSeconds: 3600 }',
    )
    const log: string[] = []
    let told = Promise.withResolvers<void>()
    const live = await openLive(config, {
      stateDirectory: directory,
      now: () => 0,
      report: transaction => {
        if (transaction.request !== 'RESOLVE') return
        log.push(formatTransaction(transaction).replaceAll(path, 'zone'))
        told.resolve()
      },
      warn: ({ message }) => t.fail(message),
      say: () => {},
    })
    const edit = async (text: string): Promise<void> => {
      told = Promise.withResolvers()
      await writeFile(path, text)
      live.lookAgain()
      await told.promise
    }
    try {
      await told.promise
      await edit(HOSTS_ZONE.replace('"WEB"', '"B@D"'))
      await edit(HOSTS_ZONE)
    } finally {
      await live.close()
    }
    t.strictSame(log, [
      'lists start RESOLVE failed 1 lists: bad01.example.test: error syntax: zone:9: TXT _fai.bad01.example.test: membership "A/B": "A/B" is not a class name',
      'lists zonefile zone RESOLVE failed 1 lists by serial 1: web01.example.test: error syntax: zone:5: TXT _fai.web01.example.test: membership "B@D": "B@D" is not a class name',
      'lists zonefile zone RESOLVE current 1 lists by serial 1: web01.example.test',
    ])
  })
})
