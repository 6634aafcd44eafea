import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import { parseConfigSpaceUri, readConfigSpace } from './config-space.ts'

const CLASSES = ['DEFAULT', 'FAIBASE', 'WEB', 'web01', 'LAST']

const FILES = {
  'disk_config/FAIBASE': 'low',
  'disk_config/WEB': 'high',
  'disk_config/MAIL': 'other',
  'package_config/WEB': 'PACKAGES install\nmc\n',
  'package_config/DEFAULT': '# none\n',
  'package_config/WEB.gpg': 'key',
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
    t.strictSame(value?.keyrings, [{ class: 'WEB', path: join(directory, 'package_config/WEB.gpg') }])
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

t.test('what FAI would read and we do not yet is a warning for each file', async t => {
  const files = {
    'class/WEB.var': 'A=1\n',
    'class/MAIL.var': 'A=1\n',
    'class/50-hosts': '',
    'class/50-hosts.bak': '',
    'class/README': '',
    'hooks/instsoft.WEB.sh': '',
    'hooks/instsoft.MAIL': '',
    'debconf/WEB': '',
    'files/etc/motd/WEB': '',
    'files/etc/motd/postinst': '',
    'files/etc/motd/deep/x': '',
    'files/etc/issue/WEB': '',
    'files/etc/issue/preinst': '',
  }
  await withSpace(files, [], async directory => {
    const { diagnostics } = await readConfigSpace(directory, CLASSES)
    const found = diagnostics.map(
      ({ code, origin }) =>
        `${code} ${origin.kind === 'file' ? origin.path.slice(directory.length + 1) : ''}`,
    )
    t.strictSame(found.sort(), [
      'config-space-ignored files/etc/motd/WEB',
      'config-space-unsupported class/50-hosts',
      'config-space-unsupported class/WEB.var',
      'config-space-unsupported debconf/WEB',
      'config-space-unsupported files/etc/issue/preinst',
      'config-space-unsupported hooks/instsoft.WEB.sh',
    ])
  })
})

t.test('a directory that is not there cannot be read', async t => {
  await t.rejects(readConfigSpace('/nonexistent/config', CLASSES), {
    name: 'SourceError',
    message: /config space/,
  })
})

const uris: Record<string, string | undefined> = {
  '/srv/fai/config': '/srv/fai/config',
  'file:///srv/fai/config/': '/srv/fai/config',
  config: '/srv/config',
  'git+https://example.org/config.git': undefined,
  'https://example.org/config.tar.gz': undefined,
}

for (const [uri, want] of Object.entries(uris)) {
  t.test(`${uri} is ${want ?? 'not supported yet'}`, async t => {
    const { value, diagnostics } = parseConfigSpaceUri(uri, '/srv')
    t.equal(value, want)
    t.strictSame(
      diagnostics.map(({ code }) => code),
      want === undefined ? ['config-space-unsupported'] : [],
    )
  })
}
