import t from 'tap'
import { newWishes } from './wishes.ts'

const server = { host: '192.0.2.1', port: 53 }
const other = { host: '192.0.2.2', port: 53 }

t.test('many NOTIFYs are one look, at each server once', async t => {
  const wishes = newWishes()
  t.equal(wishes.isNotified(1), false)
  for (let i = 0; i < 100; i++) wishes.notify({ servers: i % 2 === 0 ? [server] : [other], serial: i })
  t.equal(wishes.isNotified(1), true)
  t.strictSame(wishes.take(), { servers: [server, other], isForced: false })
  t.equal(wishes.isNotified(1), false)
})

const HINTS: Record<string, { serials: readonly (number | undefined)[]; want: boolean }> = {
  'the serial that is held': { serials: [5, 5], want: false },
  'another one': { serials: [6], want: true },
  'an older one, which may be a zone that went back': { serials: [4], want: true },
  'no hint': { serials: [undefined], want: true },
  'the serial that is held, and then another one': { serials: [5, 6], want: true },
  'another one, and then, forged, the serial that is held': { serials: [6, 5], want: true },
}

for (const [title, { serials, want }] of Object.entries(HINTS)) {
  t.test(`${title}: ${want ? 'a look' : 'nothing to do'}`, async t => {
    const wishes = newWishes()
    for (const serial of serials) wishes.notify({ servers: [server], serial })
    t.equal(wishes.isNotified(5), want)
    t.equal(wishes.isNotified(5), want)
  })
}

t.test('all of it anew is wanted once', async t => {
  const wishes = newWishes()
  wishes.retransfer()
  t.equal(wishes.isForced(), true)
  t.equal(wishes.take().isForced, true)
  t.equal(wishes.isForced(), false)
})

t.test('who waits is woken, and a ring before that is not lost', async t => {
  const wishes = newWishes()
  const waiting = wishes.wait(Number.POSITIVE_INFINITY)
  wishes.ring()
  await waiting
  wishes.ring()
  await wishes.wait(Number.POSITIVE_INFINITY)
  await wishes.wait(0)
  t.pass('woken')
})
