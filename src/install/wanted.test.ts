import { createHash } from 'node:crypto'
import t from 'tap'
import { readConfigSpace } from '../inspect/config-space.ts'
import { planPackages } from '../plan/system/package-step.ts'
import { groupPackages } from '../plan/system/packages.ts'
import { withFiles } from '../testing/site-files.ts'
import { readWanted } from './wanted.ts'

const FILES = {
  'package_config/BASE':
    'PACKAGES install\nmc less\nPACKAGES install release=backports\nvim\nPACKAGES remove\nnano\n',
  'package_config/WEB': 'PACKAGES install\nnginx mc\n',
  'package_config/OTHER': 'PACKAGES install\nnever\n',
  'files/etc/motd/BASE': 'base\n',
  'files/etc/motd/WEB': 'web\n',
  'files/etc/issue/OTHER': 'never\n',
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

t.test('what the classes choose of a config space: packages, the highest template, scripts', async t => {
  const classes = ['BASE', 'WEB']
  await withFiles(FILES, async directory => {
    const { value: space } = await readConfigSpace(directory, classes)
    if (space === undefined) throw new Error('there is no config space')
    const script = { class: 'WEB', name: 'WEB/10-a', path: `${directory}/files/etc/motd/WEB` }
    const { value: list } = groupPackages({ classes, files: space.packageConfigs })
    if (list === undefined) throw new Error('there are no packages')
    const wanted = await readWanted(classes, { ...space, scripts: [script] }, planPackages(list, []))
    t.strictSame(wanted, {
      classes,
      packages: {
        install: ['less', 'mc', 'nginx'],
        'install release=backports': ['vim'],
        remove: ['nano'],
      },
      templates: { '/etc/motd': { class: 'WEB', sha256: sha256('web\n') } },
      scripts: { 'WEB/10-a': sha256('web\n') },
    })
  })
})
