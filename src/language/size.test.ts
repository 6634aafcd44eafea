import t from 'tap'
import { formatTmpfsSize, parseSize, parseSizeRange, type Size, toByteRange } from './size.ts'

const BASE = { availableBytes: 1000, memoryBytes: 3000 }
const MIB = 1024 ** 2

const sizes: Record<string, Size | undefined> = {
  '7': { kind: 'bytes', bytes: 7 * MIB },
  '7B': { kind: 'bytes', bytes: 7 },
  '7k': { kind: 'bytes', bytes: 7 * 1024 },
  '7KB': { kind: 'bytes', bytes: 7000 },
  '7kiB': { kind: 'bytes', bytes: 7 * 1024 },
  '2G': { kind: 'bytes', bytes: 2 * 1024 ** 3 },
  '2GB': { kind: 'bytes', bytes: 2e9 },
  '1TiB': { kind: 'bytes', bytes: 1024 ** 4 },
  '1PB': { kind: 'bytes', bytes: 1e15 },
  '50%': { kind: 'percent', percent: 50 },
  'RAM:10%': { kind: 'memory', percent: 10 },
  'RAM:10': undefined,
  '7m': undefined,
  '7 M': undefined,
  G: undefined,
  '': undefined,
}

for (const [text, want] of Object.entries(sizes)) {
  t.test(`size "${text}"`, async t => t.strictSame(parseSize(text), want))
}

const ranges: Record<string, { lower: number; upper: number } | undefined> = {
  '3B': { lower: 3, upper: 3 },
  '3B-5B': { lower: 3, upper: 5 },
  '3B-': { lower: 3, upper: 1000 },
  '-5B': { lower: 0, upper: 5 },
  '33%-34%': { lower: 330, upper: 340 },
  'RAM:1%-RAM:2%': { lower: 30, upper: 60 },
  '-': undefined,
  'x-5B': undefined,
}

for (const [text, want] of Object.entries(ranges)) {
  t.test(`range "${text}"`, async t => {
    const range = parseSizeRange(text)
    t.strictSame(range && toByteRange(range, BASE), want)
  })
}

t.test('a lower end is rounded down and an upper end up', async t => {
  const range = parseSizeRange('33%')
  t.strictSame(range && toByteRange(range, { availableBytes: 1001, memoryBytes: 0 }), {
    lower: 330,
    upper: 331,
  })
})

t.test('tmpfs sizes are MiB, or a part of the memory', async t => {
  t.equal(formatTmpfsSize({ kind: 'bytes', bytes: 300 * MIB + 5 }), '300m')
  t.equal(formatTmpfsSize({ kind: 'memory', percent: 20 }), '20%')
})
