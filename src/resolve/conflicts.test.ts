import t from 'tap'
import { resolveSite } from '../testing/site.ts'
import { MAX_SHOWN_CONFLICTS } from './conflicts.ts'

const names = Array.from({ length: 40 }, (_, index) => `C${index}`)

t.test(
  'where all classes exclude each other, some conflicts are told in full and the others counted',
  async t => {
    const { value, diagnostics } = resolveSite({
      places: [[names.join(' ')]],
      classes: Object.fromEntries(
        names.map(name => [name, { conflicts: names.filter(other => other !== name) }]),
      ),
    })
    t.equal(value, undefined)
    t.equal(diagnostics.length, MAX_SHOWN_CONFLICTS + 1)
    const pairs = (40 * 39) / 2
    t.match(diagnostics[0]?.message, 'C0 (asked for itself) conflicts with C1 (asked for itself)')
    t.match(diagnostics.at(-1), {
      code: 'class-conflict',
      message: new RegExp(
        `^C2 conflicts with C32, and so do ${pairs - MAX_SHOWN_CONFLICTS - 1} more pairs of classes$`,
      ),
    })
  },
)
