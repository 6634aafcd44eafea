import t from 'tap'
import { formatWords } from '../format-plan.ts'
import { DOWNLOAD_TYPES, downloadCommands } from './package-download.ts'
import type { PackageGroup } from './packages.ts'

const origin = { kind: 'file', path: 'package_config/A', line: 2 } as const
const group = (type: PackageGroup['type'], release?: string): PackageGroup => ({
  type,
  ...(release === undefined ? {} : { release }),
  packages: [{ word: 'mc', class: 'A', origin }],
})

t.test('each type that can be downloaded has its call, in the order of FAI', async t => {
  const groups = [group('remove'), group('hold'), ...DOWNLOAD_TYPES.toReversed().map(type => group(type))]
  const options = { root: undefined, aptOptions: ['-oDebug::X=1'], isVerbose: false }
  t.strictSame(downloadCommands(groups, options).map(formatWords), [
    'cupt -R --download-only -oDebug::X=1 -y install mc',
    'cupt --download-only -oDebug::X=1 -y install mc',
    'aptitude -R -d -oDebug::X=1 -y install mc',
    'aptitude -r -d -oDebug::X=1 -y install mc',
    'apt-get -qq -d -oDebug::X=1 -y --fix-missing install mc',
    'apt-get -qq -d -oDebug::X=1 -y --fix-missing install --no-install-recommends mc',
    'apt -qq -d -oDebug::X=1 -y install mc',
    "sh -c 'cd /var/cache/apt/archives/partial/ && aptitude download mc'",
  ])
})

t.test('another archive, another root, and more words', async t => {
  const options = { root: '/target', aptOptions: [], isVerbose: true }
  t.strictSame(downloadCommands([group('apt', 'sid'), group('install', 'sid')], options).map(formatWords), [
    'chroot /target apt-get -d -y --fix-missing install -t sid mc',
    'chroot /target apt -d -y install -t sid mc',
  ])
})
