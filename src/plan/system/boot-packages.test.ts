import t from 'tap'
import { findMissingBootPackages } from './boot-packages.ts'
import type { PackageGroup } from './packages.ts'

const origin = { kind: 'option', option: '--image' } as const
const group = (type: PackageGroup['type'], ...names: string[]): PackageGroup => ({
  type,
  packages: names.map(word => ({ word, class: 'DEBIAN', origin })),
})

const cases: Record<string, { groups: PackageGroup[]; missing: string[] }> = {
  'a kernel and GRUB': {
    groups: [group('install-norec', 'linux-image-amd64', 'grub-efi-amd64-bin')],
    missing: [],
  },
  'a kernel with a version and GRUB of another group': {
    groups: [group('install', 'linux-image-cloud-amd64=6.1.1'), group('install-norec', 'grub-efi')],
    missing: [],
  },
  neither: { groups: [group('install', 'busybox')], missing: ['a kernel', 'a GRUB'] },
  'a kernel that is to be removed': {
    groups: [group('install', 'grub-efi'), group('remove', 'linux-image-amd64')],
    missing: ['a kernel'],
  },
}

for (const [name, { groups, missing }] of Object.entries(cases)) {
  t.test(`${name}: ${missing.length} warnings`, async t => {
    const found = findMissingBootPackages(groups, origin)
    t.equal(found.length, missing.length)
    for (const [index, what] of missing.entries()) {
      t.match(found[index], { severity: 'warning', code: 'boot-package-missing', message: what })
    }
  })
}
