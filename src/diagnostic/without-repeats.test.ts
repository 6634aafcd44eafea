import t from 'tap'
import { warningAt } from './diagnostic.ts'
import { withoutRepeats } from './without-repeats.ts'

t.test(
  'what is told twice is kept at its first place, and what differs in one word is not the same',
  async t => {
    const at = (line: number) => ({ kind: 'file', path: 'zone', line }) as const
    const one = warningAt('unknown-class', 'class "WEB" is defined nowhere', at(1))
    const other = warningAt('unknown-class', 'class "WEB" is defined nowhere', at(2))
    t.strictSame(withoutRepeats([one, other, { ...one, origin: at(1) }]), [one, other])
    t.strictSame(withoutRepeats([]), [])
  },
)
