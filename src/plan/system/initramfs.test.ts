import t from 'tap'
import { planInitramfs } from './initramfs.ts'
import type { PackageGroup } from './packages.ts'

const group = (words: string, type: PackageGroup['type'] = 'install-norec'): PackageGroup => ({
  type,
  packages: words
    .split(' ')
    .map(word => ({ word, class: 'KERNEL', origin: { kind: 'file', path: 'x', line: 2 } })),
})

const cases: Record<string, { groups: PackageGroup[]; want: boolean }> = {
  'a kernel is asked for': { groups: [group('mc linux-image-cloud-amd64')], want: true },
  'a kernel and dracut': { groups: [group('linux-image-amd64 dracut')], want: false },
  'no kernel': { groups: [group('mc')], want: false },
  'a kernel that is to go': {
    groups: [group('linux-image-amd64', 'remove'), group('linux-image-rt-amd64-')],
    want: false,
  },
}

for (const [name, { groups, want }] of Object.entries(cases)) {
  t.test(`${name}: ${want ? 'made once, at the end' : 'left to the packages'}`, async t => {
    const { beforePackages, afterPackages, finish } = planInitramfs(groups)
    t.strictSame([beforePackages.length, afterPackages.length, finish.length], want ? [2, 2, 1] : [0, 0, 0])
  })
}
