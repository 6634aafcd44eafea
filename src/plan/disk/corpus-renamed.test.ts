import t from 'tap'
import { DISK_CASES, type DiskCase, readDiskCase } from '../../testing/disk-case.ts'
import { planDiskCase } from '../../testing/plan-disk-case.ts'
import { formatStoragePlanJson } from './steps/format-storage-plan.ts'

/** Other names in the same order, for rows and devices are sorted by name. */
const NAMES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/sda(?![a-z])/g, 'sdx'],
  [/sdb(?![a-z])/g, 'sdy'],
  [/nvme0n1/g, 'nvme7n2'],
  [/mmcblk0/g, 'mmcblk3'],
  [/vda(?![a-z])/g, 'vdx'],
  [/keepme/g, 'kettle'],
  [/growme/g, 'gravel'],
  [/rootfs/g, 'roster'],
  [/home/g, 'hoof'],
  [/srv/g, 'srw'],
  [/data/g, 'date'],
]

const rename = (text: string): string =>
  NAMES.reduce((renamed, [pattern, name]) => renamed.replace(pattern, name), text)

const renameAll = <T>(value: T): T => JSON.parse(rename(JSON.stringify(value)))

const renameCase = (found: DiskCase): DiskCase => ({
  ...found,
  text: rename(found.text),
  storage: renameAll(found.storage),
  options: renameAll(found.options),
})

/** Layout, steps and files; or the codes of what stands against them. */
const resultOf = (found: DiskCase): string => {
  const { value, diagnostics } = planDiskCase(found)
  const codes = diagnostics.map(({ severity, code }) => `${severity} ${code}`)
  return JSON.stringify([value?.layout, value && formatStoragePlanJson(value), codes])
}

for (const file of DISK_CASES) {
  t.test(file, async t => {
    const found = readDiskCase(file)
    const renamed = renameCase(found)
    t.not(JSON.stringify(renamed.storage), JSON.stringify(found.storage), 'it has other names')
    t.strictSame(JSON.parse(resultOf(renamed)), JSON.parse(rename(resultOf(found))))
  })
}
