import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { printDiskConfig } from '../testing/print-disk-config.ts'
import { holds } from '../testing/property.ts'
import { randomDiskConfig } from '../testing/random-disk-config.ts'
import { parseDiskConfig } from './disk-config-parse.ts'

const withoutOrigins = (config: unknown): unknown =>
  JSON.parse(JSON.stringify(config ?? {}, (field, value) => (field === 'origin' ? undefined : value)))

t.test('what is printed in the syntax of FAI is read back', async t => {
  holds(
    t,
    fc.property(randomDiskConfig, config => {
      const text = printDiskConfig(config)
      const { value, diagnostics } = parseDiskConfig(text, 'CLASS')
      if (!isDeepStrictEqual(withoutOrigins(value), withoutOrigins(config))) {
        throw new Error(`${text}\n${diagnostics.map(formatDiagnostic).join('\n')}`)
      }
    }),
  )
})
