import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { withFiles } from '../testing/site-files.ts'

const EXAMPLES = '/usr/share/doc/fai-doc/examples/simple'

/** The lists of FAI 6.0.3 for its example (fai-semantics.md, section 1.13), action `install`. */
const LISTS: Readonly<Record<string, string>> = {
  demohost: 'FAIBASE DEBIAN DEMO',
  client07: 'FAIBASE DEBIAN DEMO',
  faiserver: 'FAIBASE DEBIAN DEMO FAISERVER',
  xfcehost: 'FAIBASE DEBIAN DEMO XORG XFCE LVM',
  gnomehost: 'FAIBASE DEBIAN DEMO XORG GNOME',
  ubuntuhost: 'FAIBASE DEBIAN DEMO UBUNTU JAMMY JAMMY64 XORG',
  rocky: 'FAIBASE ROCKY',
}

const migrate = (from: string, ...args: string[]) =>
  runInProcess(['migrate', '--from', from, '--domain', 'example.test', ...args])

for (const format of ['zone', 'ldif'] as const) {
  for (const share of [[], ['--default']]) {
    t.test(`the example of FAI as ${format} ${share.join('')}: every list is FAI's`, async t => {
      const { stdout, exitCode } = await migrate(
        EXAMPLES,
        ...Object.keys(LISTS),
        '--format',
        format,
        ...share,
      )
      t.equal(exitCode, 0)
      const source =
        format === 'zone' ? 'kind: zonefile, zone: example.test' : 'kind: ldif, base: "dc=example,dc=test"'
      await withFiles(
        { text: `${stdout}`, 'c.yaml': `sources: [{ ${source}, path: text }]\n` },
        async directory => {
          for (const [host, list] of Object.entries(LISTS)) {
            const run = await runInProcess([
              'lookup',
              host,
              '--config',
              join(directory, 'c.yaml'),
              '--format',
              'words',
            ])
            t.equal(run.stdout, `DEFAULT ${list} ${host} LAST\n`)
          }
        },
      )
    })
  }
}

t.test('facts stay with the machine, and one that the scripts name late is a warning', async t => {
  await withFiles({ 'space/class/50-host': '#!/bin/sh\necho EARLY WEB LATE\n' }, async directory => {
    const space = join(directory, 'space')
    await chmod(join(space, 'class/50-host'), 0o755)
    const run = await migrate(space, 'web01', '--fact', 'EARLY', '--format', 'zone')
    t.match(run, { exitCode: 0, stderr: '', stdout: /^_fai\.web01 IN TXT "WEB LATE"$/m })
    const late = await migrate(space, 'web01', '--fact', 'LATE', '--format', 'zone')
    t.match(late, { exitCode: 0, stdout: /^_fai\.web01 IN TXT "EARLY WEB"$/m })
    t.match(late.stderr, /warning migration-order: web01: .*facts come first/)
  })
})

t.test('.deps become requires, secrets and code stay, a name of the host is no class', async t => {
  const files = {
    'space/class/50-host': '#!/bin/sh\necho WEB\n',
    'space/class/WEB.deps': 'NGINX PHP\n',
    'space/class/WEB.var': "ROOTPW='x'\nMOTD='it is \"ours\"'\nNOW=$(date)\n",
  }
  await withFiles(files, async directory => {
    await chmod(join(directory, 'space/class/50-host'), 0o755)
    const run = await migrate(join(directory, 'space'), 'web01', '--format', 'zone')
    t.equal(run.exitCode, 0)
    const said = run.stdout.split('\n').slice(5)
    t.strictSame(said, [
      '_fai.web01 IN TXT "WEB"',
      '; WEB.var:3: NOW is computed and stays in the file',
      '; WEB.var:1: ROOTPW is a secret and stays in the file',
      'WEB._class IN TXT "requires=NGINX PHP"',
      'WEB._class IN TXT "var.MOTD=it is \\"ours\\""',
      '',
    ])
    await writeFile(join(directory, 'space/class/NGINX.deps'), 'WEB\n')
    const cycle = await migrate(join(directory, 'space'), 'web01')
    t.match(cycle, { exitCode: 1, stdout: '', stderr: /class-cycle/ })
  })
})
