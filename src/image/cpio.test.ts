import t from 'tap'
import { CPIO_END, cpioPadding, encodeCpioHeader } from './cpio.ts'

const header = { path: 'init', mode: 0o100755, inode: 3, mtimeSeconds: 1_795_227_046, sizeBytes: 5 }

t.test('a header is what the kernel reads', async t => {
  const octets = encodeCpioHeader(header)
  const text = octets.toString('latin1')
  const fields = Array.from({ length: 13 }, (_, index) => text.slice(6 + index * 8, 14 + index * 8))
  t.equal(text.slice(0, 6), '070701')
  t.strictSame(
    fields.map(field => Number.parseInt(field, 16)),
    [3, 0o100755, 0, 0, 1, 1_795_227_046, 5, 0, 0, 0, 0, 5, 0],
  )
  t.equal(text.slice(110), 'init\0\0')
  t.equal(octets.length % 4, 0)
})

t.test('names and content are filled up to a multiple of 4', async t => {
  for (const path of ['a', 'ab', 'abc', 'abcd', 'ä'])
    t.equal(encodeCpioHeader({ ...header, path }).length % 4, 0)
  t.strictSame(
    [0, 1, 2, 3, 4].map(length => cpioPadding(length).length),
    [0, 3, 2, 1, 0],
  )
})

t.test('the end has the name that the kernel waits for, and another archive may follow', async t => {
  t.match(CPIO_END.toString('latin1'), /^070701[0-9a-f]{104}TRAILER!!!\0+$/)
  t.equal(CPIO_END.length % 4, 0)
})
