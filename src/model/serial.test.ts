import t from 'tap'
import { isOlderSerial } from './serial.ts'

/** The examples of RFC 1982, section 5.2, and its edges. */
const cases: readonly (readonly [number, number, boolean])[] = [
  [1, 2, true],
  [2, 1, false],
  [7, 7, false],
  [0xffff_ffff, 0, true],
  [0, 0xffff_ffff, false],
  [0xffff_fff0, 100, true],
  [0, 0x7fff_ffff, true],
  [0, 0x8000_0000, false],
  [0x8000_0000, 0, false],
  [2026112201, 2026112202, true],
]

for (const [serial, other, want] of cases) {
  t.test(`serial ${serial} is ${want ? '' : 'not '}older than ${other}`, async t => {
    t.equal(isOlderSerial(serial, other), want)
  })
}
