import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { runProgram } from '../testing/run-program.ts'
import { withFiles } from '../testing/site-files.ts'
import { makeArchive } from '../testing/small-archive.ts'
import { makeSmallSystem } from '../testing/small-system.ts'
import { readMountsBelow, zoneOf } from '../testing/update-site.ts'

const FILES = {
  'config.yaml': 'sources: [{ kind: zonefile, zone: example.test, path: zone }]\n',
  zone: zoneOf('BASE'),
  'space/files/etc/apt/sources.list/BASE': 'deb [trusted=yes] file:/media/own-mirror ./\n',
  'space/package_config/BASE': 'PACKAGES install\nalpha\n',
  'space/scripts/BASE/10-look':
    '#!/bin/sh\nfindmnt --noheadings --output OPTIONS $target/media/own-mirror >$target/seen\n',
}

t.test('FAI_DEBMIRROR is mounted where packages come from, and unmounted at the end', async t =>
  withFiles(FILES, async directory => {
    const inside = (path: string): string => join(directory, path)
    await chmod(inside('space/scripts/BASE/10-look'), 0o755)
    await makeArchive(inside('mirror'), [{ name: 'alpha', version: '1' }])
    await makeSmallSystem(inside('base'))
    for (const name of ['basefiles', 'class']) await mkdir(inside(`space/${name}`))
    await runProgram('tar', [
      '--create',
      `--file=${inside('space/basefiles/BASE.tar')}`,
      '-C',
      inside('base'),
      '.',
    ])
    const places = [
      '--config',
      inside('config.yaml'),
      '--config-space',
      inside('space'),
      '--log-dir',
      inside('log'),
    ]
    const install = async (mirror: string) => {
      const settings = `FAI_DEBMIRROR=${mirror}\nMNTPOINT=/media/own-mirror\nromountopt="--bind -o ro"\n`
      await writeFile(inside('space/class/BASE.var'), settings)
      return runInProcess(['dirinstall', 'web01', inside('target'), ...places], {
        isRoot: true,
        now: Date.now,
      })
    }
    const refused = await install(inside('none'))
    t.equal(refused.exitCode, 1)
    t.match(refused.stderr, /mount \S+\/none at \/media\/own-mirror\) failed/)

    const { exitCode, stderr } = await install(inside('mirror'))
    t.equal(exitCode, 0, stderr)
    t.match(await readFile(inside('target/var/lib/dpkg/status'), 'utf8'), /^Package: alpha$/m)
    t.match(await readFile(inside('target/seen'), 'utf8'), /^ro,/)
    t.strictSame(await readMountsBelow(directory), [])
  }),
)
