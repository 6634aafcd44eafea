import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { withFiles } from '../testing/site-files.ts'
import { readConfigSpace } from './config-space.ts'
import { findExecuted } from './config-space-executed.ts'

const CLASSES = ['DEFAULT', 'FAIBASE', 'WEB', 'web01', 'LAST']

const FILES = {
  'disk_config/FAIBASE': 'low',
  'disk_config/WEB': 'high',
  'disk_config/MAIL': 'other',
  'package_config/WEB': 'PACKAGES install\nmc\n',
  'package_config/DEFAULT': '# none\n',
  'package_config/WEB.asc': 'key',
  'package_config/WEB.gpg': 'key',
  'pkgs/WEB/site_1_all.deb': '',
  'pkgs/WEB/a.rpm': '',
  'pkgs/WEB/README': '',
  'pkgs/MAIL/b.deb': '',
  'files/etc/motd/FAIBASE': 'low',
  'files/etc/motd/WEB': 'high',
  'files/etc/motd/file-modes': 'root root 600\n',
  'files/etc/.svn/WEB': 'version control',
  'files/etc/issue/MAIL': 'other',
  'files/etc/rc.local/WEB': '#!/bin/sh\n',
  'scripts/FAIBASE/20-b': '',
  'scripts/FAIBASE/10-a': '',
  'scripts/FAIBASE/10-a~': '',
  'scripts/FAIBASE/README': '',
  'scripts/LAST': '',
  'scripts/WEB/10-plain': '',
}

const withSpace = async (
  files: Record<string, string>,
  executable: readonly string[],
  use: (directory: string) => Promise<void>,
) =>
  withFiles(files, async directory => {
    for (const path of executable) await chmod(join(directory, path), 0o755)
    await use(directory)
  })

const EXECUTABLE = [
  'scripts/FAIBASE/20-b',
  'scripts/FAIBASE/10-a',
  'scripts/FAIBASE/10-a~',
  'scripts/FAIBASE/README',
  'scripts/LAST',
  'files/etc/rc.local/WEB',
]

t.test('each task finds what its classes have, in the order of the classes', async t => {
  await withSpace(FILES, EXECUTABLE, async directory => {
    const { value } = await readConfigSpace(directory, CLASSES)
    t.match(value?.diskConfig, { class: 'WEB', text: 'high' })
    t.strictSame(
      value?.packageConfigs.map(({ class: name }) => name),
      ['DEFAULT', 'WEB'],
    )
    t.strictSame(value?.keyrings, [
      { class: 'WEB', path: join(directory, 'package_config/WEB.gpg') },
      { class: 'WEB', path: join(directory, 'package_config/WEB.asc') },
    ])
    t.strictSame(value?.localPackages, [
      { class: 'WEB', path: join(directory, 'pkgs/WEB/a.rpm'), kind: 'rpm' },
      { class: 'WEB', path: join(directory, 'pkgs/WEB/site_1_all.deb'), kind: 'deb' },
    ])
    t.strictSame(
      value?.scripts.map(({ name }) => name),
      ['FAIBASE/10-a', 'FAIBASE/20-b', 'LAST'],
    )
    t.match(value?.templates, [
      { class: 'WEB', targetPath: '/etc/motd', executable: false, fileModes: { text: 'root root 600\n' } },
      { class: 'WEB', targetPath: '/etc/rc.local', executable: true },
    ])
    t.equal(value?.templates.length, 2)
  })
})

t.test(
  'a script without the executable bit is a warning, as nothing else says that it does not run',
  async t => {
    await withSpace(FILES, EXECUTABLE, async directory => {
      const { diagnostics } = await readConfigSpace(directory, CLASSES)
      t.match(diagnostics, [
        {
          severity: 'warning',
          code: 'config-space-ignored',
          origin: { path: join(directory, 'scripts/WEB/10-plain') },
        },
      ])
      t.equal(diagnostics.length, 1)
    })
  },
)

t.test('what an installation executes and a plan does not is a warning for each file', async t => {
  const files = {
    'class/WEB.var': 'A=1\n',
    'class/MAIL.var': 'A=1\n',
    'class/50-hosts': '',
    'class/50-hosts.bak': '',
    'class/README': '',
    'hooks/instsoft.WEB.sh': '',
    'hooks/instsoft.MAIL': '',
    'hooks/partition.WEB': '',
    'files/etc/motd/WEB': '',
    'files/etc/motd/deep/x': '',
  }
  await withSpace(files, [], async directory => {
    const { diagnostics: ignored } = await readConfigSpace(directory, CLASSES)
    const placesOf = (diagnostics: readonly Diagnostic[]) =>
      diagnostics.map(({ code, origin }) => ({
        code,
        path: origin.kind === 'file' ? origin.path.slice(directory.length + 1) : '',
      }))
    const all = { classFiles: true, hooksOf: ['instsoft'] }
    t.strictSame(placesOf([...ignored, ...(await findExecuted(directory, CLASSES, all))]), [
      { code: 'config-space-ignored', path: 'files/etc/motd/WEB' },
      { code: 'plan-incomplete', path: 'class/50-hosts' },
      { code: 'plan-incomplete', path: 'class/WEB.var' },
      { code: 'plan-incomplete', path: 'hooks/instsoft.WEB.sh' },
    ])
    const hooks = { classFiles: false, hooksOf: ['instsoft', 'partition'] }
    t.strictSame(placesOf(await findExecuted(directory, CLASSES, hooks)), [
      { code: 'plan-incomplete', path: 'hooks/instsoft.WEB.sh' },
      { code: 'plan-incomplete', path: 'hooks/partition.WEB' },
    ])
  })
})

t.test('a directory that is not there cannot be read', async t => {
  await t.rejects(readConfigSpace('/nonexistent/config', CLASSES), {
    name: 'SourceError',
    message: /config space/,
  })
})

t.test('a directory without any folder of FAI is none', async t => {
  await withSpace({ 'simple/class/DEFAULT.var': '' }, [], async directory => {
    await t.rejects(readConfigSpace(directory, CLASSES), {
      name: 'SourceError',
      code: 'config-space-invalid',
      message: /none of class, disk_config/,
    })
  })
})
