import t from 'tap'
import { planPackages } from './package-step.ts'
import type { PackageGroup, PackageList } from './packages.ts'

const origin = { kind: 'file', path: 'package_config/WEB', line: 3 } as const
const group = (type: string, ...names: readonly string[]): PackageGroup => ({
  type: type as PackageGroup['type'],
  packages: names.map(word => ({ word, class: 'WEB', origin })),
})
const list = (...groups: readonly PackageGroup[]): PackageList => ({ groups, preloads: [] })

t.test('nothing asked for is no step', async t => {
  t.strictSame(planPackages(list(), []), [])
})

t.test('the step says how many packages come and go, and who asks for them', async t => {
  const path = '/srv/fai/config/pkgs/SITE/site_1_all.deb'
  const [step] = planPackages(
    list(
      group('hold', 'libc6'),
      group('install', 'mc', 'vim'),
      group('aptitude-r', 'git'),
      group('remove', 'nano'),
    ),
    [{ class: 'SITE', path, kind: 'deb' }],
  )
  t.equal(step?.title, 'hold 1 package, install 3 packages, remove 1 package, install 1 package file')
  t.strictSame(step?.because, [
    { class: 'WEB', origin },
    { class: 'SITE', origin: { kind: 'file', path } },
  ])
  t.match(step?.action, { kind: 'install-packages', respectsHolds: false })
})
