import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import { openLeaseJournal, readLeases } from './lease-journal.ts'
import { formatLeaseLine, parseLeaseLine } from './lease-line.ts'
import type { Lease } from './lease-table.ts'

const bound = (last: number, until = 1_800_000_000_000): Lease => ({
  address: `192.0.2.${last}`,
  client: `52:54:00:00:00:${last}`,
  state: 'bound',
  until,
})

t.test('a line is read as it was written, and not when one character is another or missing', async t => {
  const line = formatLeaseLine(bound(10))
  t.strictSame(parseLeaseLine(line), bound(10))
  holds(
    t,
    fc.property(fc.nat(line.length - 1), fc.string({ maxLength: 1 }), (at, character) => {
      const changed = `${line.slice(0, at)}${character}${line.slice(at + 1)}`
      return changed === line || parseLeaseLine(changed) === undefined
    }),
  )
})

t.test('a file that is cut anywhere loses no line but the one that is cut', async t => {
  const leases = [10, 11, 12].map(last => bound(last))
  const lines = leases.map(lease => formatLeaseLine(lease))
  const ends = lines.map((_, index) => lines.slice(0, index + 1).join('\n').length)
  const text = `${lines.join('\n')}\n`
  const path = join(t.testdir(), 'leases')
  const wrong: number[] = []
  for (let length = 0; length <= text.length; length++) {
    await writeFile(path, text.slice(0, length))
    const { leases: found, damaged } = await readLeases(path)
    const whole = ends.filter(end => end <= length).length
    const isCut = length > (whole === 0 ? 0 : (ends[whole - 1] ?? 0) + 1)
    if (found.length !== whole || damaged.length !== (isCut ? 1 : 0)) wrong.push(length)
  }
  t.strictSame(wrong, [])
})

t.test('the last line of an address counts, and no file is no leases', async t => {
  const directory = t.testdir()
  t.strictSame(await readLeases(join(directory, 'none')), { leases: [], damaged: [] })
  const path = join(directory, 'leases')
  const free: Lease = { ...bound(10), state: 'free' }
  await writeFile(path, [bound(10), bound(11), free].map(lease => `${formatLeaseLine(lease)}\n`).join(''))
  t.strictSame((await readLeases(path)).leases, [free, bound(11)])
})

t.test('what is appended at once is synced at once, and is there when it is said so', async t => {
  const path = join(t.testdir(), 'state', 'leases')
  const calls: string[] = []
  const { open } = await import('node:fs/promises')
  const journal = await openLeaseJournal(
    path,
    () => [bound(10)],
    async (...where) => {
      const file = await open(...where)
      return {
        appendFile: text => {
          calls.push(`append ${text.split('\n').length - 1}`)
          return file.appendFile(text)
        },
        datasync: () => {
          calls.push('sync')
          return file.datasync()
        },
        close: () => file.close(),
      }
    },
  )
  await Promise.all([11, 12, 13].map(last => journal.append(bound(last))))
  t.strictSame(calls, ['append 1', 'sync', 'append 3', 'sync'])
  t.equal((await readLeases(path)).leases.length, 4)
  await journal.close()
})

t.test('a file with many old lines is written anew, with the leases that there are', async t => {
  const path = join(t.testdir(), 'leases')
  const journal = await openLeaseJournal(path, () => [bound(10), { ...bound(11), state: 'offered' }])
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 50 }, () => journal.append(bound(10))))
  }
  const lines = (await readFile(path, 'latin1')).split('\n').length
  t.ok(lines < 1100, `${lines} lines`)
  t.strictSame((await readLeases(path)).leases, [bound(10)])
  await journal.close()
})
