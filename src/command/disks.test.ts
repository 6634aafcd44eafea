import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { matchGolden, ROOT } from '../testing/golden.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'

const SERVER = ['-f', 'fixtures/disks/SERVER']
const MACHINE = ['--machine', 'fixtures/disks/machine.json']
const environment = { PATH: process.env['PATH'] }

for (const [format, ending] of Object.entries({ text: 'txt', json: 'json', svg: 'svg' })) {
  t.test(`disks plan --format ${format}`, async t => {
    const args = ['disks', 'plan', ...SERVER, ...MACHINE, '--format', format]
    const { stdout, stderr, exitCode } = await runInProcess(args, { environment })
    t.equal(stderr, '')
    t.equal(exitCode, 0)
    await matchGolden(t, `fixtures/disks/plan.${ending}`, stdout)
    if (format === 'json') t.equal(await schemaFaults('disks-plan', stdout), '')
  })
}

const SMALL = 'disk_config disk1\nprimary / 0- ext4 rw\n'

type Row = readonly [args: string, exitCode: number, want: RegExp, environment?: Record<string, string>]

const rows: Readonly<Record<string, Row>> = {
  'a configuration with faults names each': [
    'plan -f WRONG --machine m.json',
    1,
    /WRONG:1:29.*\n.*WRONG:2:11/s,
  ],
  'one that does not fit': ['plan -f LARGE --machine m.json', 1, /^error .*LARGE:2:1: /m],
  'no file, and no variables': ['plan --machine m.json', 2, /-f FILE is missing/],
  'the file of the highest class': [
    'plan --machine m.json',
    0,
    /mkfs\.xfs/,
    { FAI: '.', classes: 'DEFAULT BASE SERVER NONE LAST' },
  ],
  'no class has a file': [
    'plan --machine m.json',
    2,
    /no class of "DEFAULT LAST" has a file in .*disk_config/,
    { FAI: '.', classes: 'DEFAULT LAST' },
  ],
  'disklist decides which disk is the first': [
    'plan -f SMALL --machine m.json --disklist sdb',
    0,
    /mkfs\.ext4 .* \/dev\/sdb1/,
  ],
  'and so does its variable': [
    'plan -f SMALL --machine m.json',
    0,
    /mkfs\.ext4 .* \/dev\/sdb1/,
    { disklist: 'sdb sda' },
  ],
  'a disk that is not there': [
    'plan -f SMALL --machine m.json --disklist sdq',
    1,
    /SMALL:1:13: disk "disk1" is not there \(disks: none\)/,
  ],
  'LOGDIR that is no directory': [
    'plan -f SMALL --machine m.json',
    2,
    /LOGDIR "nowhere" is no directory/,
    { LOGDIR: 'nowhere' },
  ],
  'apply without --yes only plans': ['apply -f SMALL --machine m.json', 0, /nothing was done; --yes carries/],
  'apply for a described machine': [
    'apply --yes -f SMALL --machine m.json',
    2,
    /--machine describes a machine/,
  ],
  'apply as somebody': ['apply --yes -f SMALL', 3, /changing disks needs root/],
  'inspect as somebody': ['inspect', 3, /only root can read the disks of this machine/],
  'plan as somebody': ['plan -f SMALL', 3, /or give --machine FILE/],
  'a file that is not there': ['plan -f GONE --machine m.json', 3, /GONE/],
  'a machine that is not there': ['plan -f SMALL --machine gone.json', 3, /gone\.json/],
  'a machine that is none': ['plan -f SMALL --machine SMALL', 1, /^error config-invalid: SMALL: /m],
  'an action that is none': ['paint', 2, /Choices: "inspect", "plan", "apply"/],
}

for (const [name, [args, exitCode, want, more = {}]] of Object.entries(rows)) {
  t.test(name, async t => {
    const files = {
      SMALL,
      WRONG: 'disk_config disk1 disklabel:gpd\nprimary / 4GiB-2GiB ext4 rw\n',
      LARGE: 'disk_config disk1 disklabel:gpt\nprimary / 90GiB ext4 rw\n',
      'disk_config/BASE': SMALL,
      'disk_config/SERVER': SMALL.replace('ext4', 'xfs'),
      'm.json': await readFile(join(ROOT, 'fixtures/disks/machine.json'), 'utf8'),
    }
    await withFiles(files, async cwd => {
      const run = await runInProcess(['disks', ...args.split(' ')], {
        cwd,
        environment: { ...environment, ...more },
      })
      t.match(`${run.stdout}\n${run.stderr}`, want)
      t.equal(run.exitCode, exitCode)
      if (exitCode !== 0) t.equal(run.stdout, '', 'never half a plan')
    })
  })
}

t.test('--initial and flag_initial format what is preserved for a reinstallation only', async t => {
  const formats = async (args: readonly string[], more: Record<string, string> = {}): Promise<boolean> => {
    const { stdout } = await runInProcess(['disks', 'plan', ...SERVER, ...MACHINE, ...args], {
      environment: { ...environment, ...more },
    })
    return /mkfs\.ext4 .* \/dev\/sda3/.test(stdout)
  }
  t.equal(await formats([]), false)
  t.equal(await formats(['--initial']), true)
  t.equal(await formats([], { flag_initial: '1' }), true)
  t.equal(await formats([], { flag_initial: '' }), false)
})
