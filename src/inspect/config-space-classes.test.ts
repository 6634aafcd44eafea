import { join } from 'node:path'
import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import { configSpaceClasses } from './config-space-classes.ts'

const FILES: Readonly<Record<string, string>> = {
  'disk_config/FAIBASE': '',
  'package_config/WEB': '',
  'scripts/LAST/10-end': '',
  'hooks/instsoft.DEBIAN': '',
  'hooks/partition.web01.example.test.sh': '',
  'hooks/README': '',
  'files/etc/motd/MOTD': '',
  'files/etc/ssh/sshd_config/SERVER': '',
  'class/KVM.var': '',
  'class/50-hosts': '',
}

t.test('every place of a config space whose files bear the names of classes', async t => {
  await withFiles(FILES, async directory => {
    t.strictSame([...(await configSpaceClasses(directory))].sort(), [
      'DEBIAN',
      'FAIBASE',
      'KVM',
      'LAST',
      'MOTD',
      'SERVER',
      'WEB',
      'web01.example.test',
    ])
  })
})

t.test('a config space that is not there is no empty one', async t => {
  await withFiles({}, async directory => {
    await t.rejects(configSpaceClasses(join(directory, 'none')), { name: 'SourceError' })
  })
})
