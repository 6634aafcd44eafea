import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readCommand } from '../inspect/runner.ts'
import { runInProcess } from '../testing/command-run.ts'
import { machineDebootstrap } from '../testing/example-system.ts'
import { withFiles } from '../testing/site-files.ts'
import { readMountsBelow, zoneOf } from '../testing/update-site.ts'

const FILES = {
  'config.yaml': 'sources: [{ kind: zonefile, zone: example.test, path: zone }]\n',
  zone: zoneOf('BASE'),
  'space/package_config/BASE': 'PACKAGES install\nhello\n',
  'space/scripts/BASE/10-say': `#!/bin/sh
$ROOTCMD sh -c 'dpkg --print-architecture; hello --greeting=here; od -An -tu1 -j4 -N1 /bin/sh | tr -d " "' >$target/said
dpkg-query --root=$target --show tzdata || echo without >>$target/said
`,
}

/** Base systems from the mirror of this machine. The last octet that is said is the class of an ELF file: 1 for 32 bits. */
const bases: Record<string, { options: string; program: string; want: string }> = {
  'debootstrap, for an option that is its alone': {
    options: '--variant=minbase --exclude=tzdata',
    program: 'debootstrap',
    want: 'amd64\nhere\n2\nwithout\n',
  },
  'mmdebstrap, for i386 by configuration': {
    options: '--variant=minbase --arch=i386',
    program: 'mmdebstrap',
    want: 'i386\nhere\n1\n',
  },
}

for (const [name, { options, program, want }] of Object.entries(bases)) {
  t.test(`a whole system by ${name}`, async t => {
    const settings = `FAI_DEBOOTSTRAP="${await machineDebootstrap()}"\nFAI_DEBOOTSTRAP_OPTS="${options}"\n`
    await withFiles({ ...FILES, 'space/class/BASE.var': settings }, async directory => {
      const inside = (path: string): string => join(directory, path)
      await chmod(inside('space/scripts/BASE/10-say'), 0o755)
      const places = [
        '--config',
        inside('config.yaml'),
        '--config-space',
        inside('space'),
        '--log-dir',
        inside('log'),
      ]
      const { exitCode, stderr } = await runInProcess(['dirinstall', 'web01', inside('target'), ...places], {
        isRoot: true,
        readProgram: readCommand,
        now: Date.now,
      })
      t.equal(exitCode, 0, stderr)
      t.match(stderr, new RegExp(`extrbase: make a base system of \\S+ (for i386 )?with ${program}\\n`))
      t.equal(await readFile(inside('target/said'), 'utf8'), want)
      t.strictSame(await readMountsBelow(directory), [])
      await t.rejects(readFile(inside('target/etc/dpkg/dpkg.cfg.d/90fai')), { code: 'ENOENT' })
    })
  })
}
