import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isOlderSerial } from '../../model/serial.ts'
import { openSerialStore } from './serial-store.ts'

const NOW = 1_795_000_000

t.test('the first serial is the time, each other one is one more', async t => {
  const { next } = openSerialStore(join(t.testdir(), 'state', 'serial'), NOW)
  t.strictSame([next(), next(), next()], [NOW, NOW + 1, NOW + 2])
})

t.test('whenever the process dies, the next one gives newer serials', async t => {
  const path = join(t.testdir(), 'serial')
  let highest = NOW - 1
  for (const given of [0, 1, 499, 500, 501, 1000, 2500]) {
    const { next } = openSerialStore(path, NOW)
    for (let i = 0; i < given; i++) {
      const serial = next()
      if (!isOlderSerial(highest, serial)) t.fail(`${serial} after ${highest}`)
      highest = serial
      const kept = Number(readFileSync(path, 'latin1').replace(/\D/g, ''))
      if (isOlderSerial(kept, serial)) t.fail(`${serial} is given, ${kept} is kept`)
    }
  }
  t.ok(highest > NOW + 5000)
})

t.test('serials go on behind the highest number (RFC 1982)', async t => {
  const path = join(t.testdir({ serial: 'serial 4294967294\n' }), 'serial')
  const { next } = openSerialStore(path, NOW)
  t.strictSame([next(), next(), next()], [4294967295, 0, 1])
  t.ok(isOlderSerial(1, openSerialStore(path, NOW).next()))
})

for (const text of ['', 'serial 12', 'serial 4294967296\n', 'serial -1\n', '1\n', 'serial 1\nserial 2\n']) {
  t.test(`a damaged file is an error that names it: ${JSON.stringify(text)}`, async t => {
    const path = join(t.testdir({ serial: text }), 'serial')
    t.throws(() => openSerialStore(path, NOW), {
      name: 'EnvironmentError',
      message: `${path} is damaged; write a line "serial N" into it, with N above the serial that the secondaries have`,
    })
    t.equal(readFileSync(path, 'latin1'), text)
  })
}

t.test('a directory that cannot be written: an error at the start', async t => {
  const path = join(t.testdir({ file: '' }), 'file', 'serial')
  t.throws(() => openSerialStore(path, NOW), {
    name: 'EnvironmentError',
    message: /^the serial of the zone /,
  })
})

t.test(
  'where it can no longer be written, serials end before the reserved ones do, and go on later',
  async t => {
    const directory = join(t.testdir(), 'state')
    const path = join(directory, 'serial')
    const { next } = openSerialStore(path, NOW)
    rmSync(directory, { recursive: true })
    writeFileSync(directory, 'no directory')
    for (let i = 0; i < 1000; i++) next()
    t.throws(next, { name: 'EnvironmentError', message: new RegExp(`cannot be written to ${path}: `) })
    rmSync(directory)
    mkdirSync(directory)
    chmodSync(directory, 0o700)
    t.equal(next(), NOW + 1000)
  },
)
