import t from 'tap'
import { errorAt } from '../diagnostic/diagnostic.ts'
import type { FaultChange } from '../model/class-lists.ts'
import { formatTransaction } from '../server/transaction.ts'
import { faultLines } from './live-lines.ts'

const faultOf = (message: string): FaultChange['fault'] => {
  const origin = { kind: 'file', path: 'site.zone', line: 7 } as const
  return errorAt('class-conflict', message, origin, [{ ...origin, line: 9 }])
}

/** The lines for hosts with these errors; undefined for one that has none any more. */
const linesOf = (errors: readonly (string | undefined)[]): readonly string[] => {
  const changes = errors.map((message, index) => ({
    name: `web${index + 1}`,
    fault: message === undefined ? undefined : faultOf(message),
  }))
  const cause = { source: 'dns example.test', serial: 2, origins: [], atMs: 0 }
  return faultLines({ cause, changes }).map(formatTransaction)
}

t.test(
  'one line for the hosts of one error, with its place, and one for those that are whole again',
  async t => {
    t.strictSame(linesOf(['A and B exclude each other', undefined, 'A and B exclude each other']), [
      'lists dns example.test RESOLVE failed 2 lists by serial 2: web1, web3: error class-conflict: site.zone:7: A and B exclude each other',
      'lists dns example.test RESOLVE current 1 lists by serial 2: web2',
    ])
  },
)

t.test('an edit that breaks very much makes few lines, none of them long', async t => {
  const same = linesOf(Array.from({ length: 1000 }, () => 'is wrong'))
  t.match(same, [/ 1000 lists by serial 2: web1, web2, web3, web4, web5, \.\.\.: error /])
  t.equal(same.length, 1)
  const each = linesOf(Array.from({ length: 1000 }, (_, index) => `${index} is wrong`))
  t.equal(each.length, 6)
  t.match(each.at(-1), / failed 995 lists by serial 2: web6, web7, web8, web9, web10, \.\.\.: other errors$/)
  t.match(linesOf(['\n'.repeat(300)]), [/: (\\x0a){300}$/])
  t.ok(linesOf(['x'.repeat(100_000)]).every(({ length }) => length < 1200))
})
