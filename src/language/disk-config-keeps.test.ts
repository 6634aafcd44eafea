import t from 'tap'
import { keepsAnything } from './disk-config-keeps.ts'
import { parseDiskConfig } from './disk-config-parse.ts'

for (const [options, expected] of [
  ['', false],
  ['preserve_lazy:1', true],
  ['resize:1', true],
  ['preserve_always:all', true],
  ['always_format:1', false],
] as const) {
  t.test(`a disk with "${options}" keeps something: ${expected}`, async t => {
    const { value } = parseDiskConfig(`disk_config sda ${options}\nprimary / 100 ext4 rw\n`, 'disk_config')
    t.equal(value && keepsAnything(value), expected)
  })
}
