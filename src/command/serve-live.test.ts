import t from 'tap'
import { parseConfig } from '../config/parse-config.ts'
import type { ServePart } from './serve-faults.ts'
import { wantsLive } from './serve-live.ts'

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

for (const [serve, parts, want] of rows) {
  t.test(`${serve} with ${parts.join(' and ') || 'no part'}`, async t => {
    const { value } = parseConfig(`sources: [{ kind: deps, path: c }]\nserve: { ${serve} }\n`, 'c.yaml')
    if (value?.serve === undefined) throw new Error('the configuration is not valid')
    t.equal(wantsLive(value.serve, new Set(parts)), want)
  })
}
