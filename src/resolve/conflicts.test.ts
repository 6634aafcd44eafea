import t from 'tap'
import { resolveSite } from '../testing/site.ts'
import { MAX_TOLD_CONFLICTS } from './conflicts.ts'

const names = Array.from({ length: 40 }, (_, index) => `C${index}`)

t.test(
  'where very many classes exclude each other, the first conflicts are told, and that there are more',
  async t => {
    const { value, diagnostics } = resolveSite({
      places: [[names.join(' ')]],
      classes: Object.fromEntries(
        names.map(name => [name, { conflicts: names.filter(other => other !== name) }]),
      ),
    })
    t.equal(value, undefined)
    t.equal(diagnostics.length, MAX_TOLD_CONFLICTS + 1)
    t.match(diagnostics[0]?.message, 'C0 (asked for itself) conflicts with C1 (asked for itself)')
    t.match(diagnostics.at(-1), {
      code: 'class-conflict',
      message: /^more than 100 pairs of classes exclude each other, as C2 and C32 do/,
    })
  },
)
