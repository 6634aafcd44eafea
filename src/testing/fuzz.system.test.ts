import t from 'tap'
import { cpuMs, fuzz, median } from './fuzz.ts'
import { FUZZ_TARGETS } from './fuzz-targets.ts'
import { isLong, runSeed } from './random.ts'

const seed = runSeed()
const COUNT = (isLong() ? 1_000_000 : 100_000) / Object.keys(FUZZ_TARGETS).length
const MOST_MS = 100

for (const [name, target] of Object.entries(FUZZ_TARGETS)) {
  t.test(
    `${COUNT} mutated ${name}: a value or diagnostics, nothing else is thrown (seed ${seed})`,
    async t => {
      const { failures, slowest } = fuzz(target, seed, COUNT)
      t.strictSame(failures, [])
      if (!isLong()) return
      for (const { input } of slowest) {
        const times = Array.from({ length: 5 }, () => cpuMs(() => target.attempt(input)))
        t.ok(median(times) < MOST_MS, `alone: ${times.map(ms => ms.toFixed(2)).join(' ')} ms`)
      }
    },
  )
}

/** What a hostile writer might repeat, and where reading it must cost no more than reading anything else. */
const REPEATED: Readonly<Record<string, readonly string[]>> = {
  'zone files': ['(', '"', '\\', 'a TXT (', 'a TXT "b"\n', ' TXT b\n', '; ', '@ TXT "requires=A"\n'],
  LDIFs: [':', ' a\n', 'dn: cn=a\n', 'a:: YQ==\n', 'dn: cn=a\na: b\n\n', '#\n'],
  'strings of the grammar': ['A ', '!', '(', '!(', '[A] ', '1 ', ' \t'],
  'DNS responses': ['\xc0\x00', '\x01a', '\x00'],
}
const KIB = 64
const MOST_CPU_MS = 1_000

for (const [name, texts] of Object.entries(REPEATED)) {
  t.test(`${KIB} KiB of one thing in ${name}: less than ${MOST_CPU_MS} ms of CPU time`, async t => {
    for (const text of texts) {
      const input = Buffer.from(text.repeat((KIB * 1024) / text.length), 'latin1')
      const ms = cpuMs(() => FUZZ_TARGETS[name]?.attempt(input))
      t.ok(ms < MOST_CPU_MS, `${JSON.stringify(text)}: ${ms.toFixed(0)} ms`)
    }
  })
}
