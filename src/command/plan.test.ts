import { access, chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { ROOT } from '../testing/golden.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'

const DEMO = ['--config', 'fixtures/demo/fai-classes.yaml', '--config-space', 'fixtures/demo/config']
const IMAGE = ['--image', '/nonexistent/web01.img', '--size', '2G']

t.test(
  'a plan names each class with its record, each step with the class and the file that asked for it, and changes nothing',
  async t => {
    const { stdout, stderr, exitCode } = await runInProcess(['plan', 'web01', ...DEMO, ...IMAGE])
    t.equal(exitCode, 0)
    t.equal(stderr, '')
    t.match(
      stdout,
      /^ {2}BUSYBOX +required by WEB in "BUSYBOX" at fixtures\/demo\/example\.test\.zone:26: TXT /m,
    )
    t.match(stdout, /^plan for web01 \(web01\.example\.test\): \d+ steps$/m)
    t.match(stdout, /run scripts\/WEB\/10-shop {2}\[WEB, .*\/fixtures\/demo\/config\/scripts\/WEB\/10-shop\]/)
    t.match(stdout, /install \d+ packages .*package_config\/DEBIAN:\d+/)
    await t.rejects(access('/nonexistent/web01.img'))
  },
)

t.test('the same plan as JSON has the shape of its schema', async t => {
  const schema = JSON.parse(await readFile(join(ROOT, 'schema/plan.schema.json'), 'utf8'))
  const validate = new Ajv2020({ strictTypes: false, strictRequired: false }).compile(schema)
  const { stdout } = await runInProcess(['plan', 'web01', ...DEMO, ...IMAGE, '--format', 'json'])
  t.ok(validate(JSON.parse(stdout)), JSON.stringify(validate.errors))
})

const MACHINE = ['--machine', 'fixtures/disks/machine.json']

t.test('without an image the disks of the machine are shown, and what is lost on them', async t => {
  const { stdout, exitCode } = await runInProcess(['plan', 'web01', ...DEMO, ...MACHINE])
  t.equal(exitCode, 0)
  t.match(stdout, /^\/dev\/sda, 40\.0 GiB\n {2}before \| .*\n {2}after {2}\| /m)
  t.match(stdout, /^lost: ext4 "boot" on \/dev\/sda1/m)
  t.match(stdout, /\$ mkfs\.vfat .* \/dev\/sda1$/m)
  t.match(
    stdout,
    /task partition\n +1\. lay out the disks in \d+ steps {2}\(destroys what is there\) {2}\[FAIBASE, /,
  )
  t.notMatch(stdout, 'grub-mkstandalone', 'scripts of the config space install the boot loader')
})

t.test('the same as JSON holds what disks plan prints, in the shape of its schema', async t => {
  const schema = JSON.parse(await readFile(join(ROOT, 'schema/plan.schema.json'), 'utf8'))
  const validate = new Ajv2020({ strictTypes: false, strictRequired: false }).compile(schema)
  const { stdout } = await runInProcess(['plan', 'web01', ...DEMO, ...MACHINE, '--format', 'json'])
  const plan = JSON.parse(stdout)
  t.ok(validate(plan), JSON.stringify(validate.errors))
  const { storage } = plan.steps[0].action
  t.equal(await schemaFaults('disks-plan', JSON.stringify(storage)), '')
  t.equal(plan.diskVariables.BOOT_DEVICE, '/dev/sda')
})

const refusals: Record<string, { args: string[]; exitCode: number; want: RegExp }> = {
  'no config space': {
    args: ['--config', 'fixtures/demo/fai-classes.yaml', ...IMAGE],
    exitCode: 2,
    want: /--config-space is missing/,
  },
  'a config space that is not there': {
    args: ['--config', 'fixtures/demo/fai-classes.yaml', '--config-space', '/nonexistent', ...IMAGE],
    exitCode: 3,
    want: /error source-unreachable: \/nonexistent: the config space cannot be read/,
  },
  'a directory that is no config space': {
    args: ['--config', 'fixtures/demo/fai-classes.yaml', '--config-space', 'fixtures/demo', ...IMAGE],
    exitCode: 3,
    want: /error config-space-invalid: .*\/fixtures\/demo: this is no config space/,
  },
  'a config space by a URI that is none': {
    args: [
      '--config',
      'fixtures/demo/fai-classes.yaml',
      '--config-space',
      'https://u:pw@example.test/a.zip',
      ...IMAGE,
    ],
    exitCode: 1,
    want: /error config-space-uri: --config-space: "https:\/\/example\.test\/a\.zip": the file is no archive/,
  },
  'an image that is too small': {
    args: [...DEMO, '--image', 'web01.img', '--size', '100M'],
    exitCode: 1,
    want: /error disk-too-small: .*disk_config\/FAIBASE:\d+:\d+/,
  },
  'a size that is none': {
    args: [...DEMO, '--image', 'web01.img', '--size', 'big'],
    exitCode: 2,
    want: /--size "big" is no size/,
  },
  'the size of an image, and no image': {
    args: [...DEMO, ...MACHINE, '--size', '2G'],
    exitCode: 2,
    want: /--size and --replace are options of --image FILE/,
  },
  'an image and a machine': {
    args: [...DEMO, ...IMAGE, ...MACHINE],
    exitCode: 2,
    want: /--image and --machine exclude each other/,
  },
  'the disks of this machine, as somebody': {
    args: [...DEMO],
    exitCode: 3,
    want: /only root can read the disks of this machine; or give --machine FILE/,
  },
  'an address that is none': {
    args: [...DEMO, ...IMAGE, '--address', '192.0.2'],
    exitCode: 2,
    want: /--address "192\.0\.2" is no IP address/,
  },
}

for (const [name, { args, exitCode, want }] of Object.entries(refusals)) {
  t.test(`${name}: exit ${exitCode}, and no plan`, async t => {
    const run = await runInProcess(['plan', 'web01', ...args])
    t.equal(run.exitCode, exitCode)
    t.equal(run.stdout, '')
    t.match(run.stderr, want)
  })
}

t.test('a config space without a layout for the host; FAI_CONFIG_SRC says where it is', async t => {
  await withFiles({ 'scripts/README': '' }, async directory => {
    const environment = { ...process.env, FAI_CONFIG_SRC: `file://${directory}` }
    const config = ['--config', 'fixtures/demo/fai-classes.yaml']
    const run = await runInProcess(['plan', 'web01', ...config, ...IMAGE], { environment })
    t.match(run.stderr, new RegExp(`^error disk-config-missing: ${directory}/disk_config`, 'm'))
    t.equal(run.exitCode, 1)
    const other = await runInProcess(['plan', 'web01', ...DEMO, ...IMAGE], { environment })
    t.equal(other.exitCode, 0, 'the option outranks the environment')
  })
})

t.test('a host that would not boot is warned of before anything is done', async t => {
  const { stderr, exitCode } = await runInProcess(['plan', 'lab01', ...DEMO, ...IMAGE])
  t.equal(exitCode, 0)
  t.match(stderr, /^warning boot-package-missing: --image: .*a kernel/m)
})

t.test(
  'install without --yes prints the plan and does nothing; for its own disks it must read them',
  async t => {
    const shown = await runInProcess(['install', 'web01', ...DEMO, ...IMAGE])
    t.equal(shown.exitCode, 0)
    t.match(shown.stdout, /^plan for web01/m)
    t.match(shown.stderr, /nothing was done; --yes carries the plan out/)
    const bare = await runInProcess(['install', 'web01', ...DEMO])
    t.equal(bare.exitCode, 3)
    t.match(bare.stderr, /only root can read the disks of this machine/)
  },
)

t.test('installing without root is refused as a matter of the environment', async t => {
  const run = await runInProcess(['install', 'web01', ...DEMO, ...IMAGE, '--yes'], { isRoot: false })
  t.equal(run.exitCode, 3)
  t.match(run.stderr, /installing needs root/)
})

t.test('--run-class-scripts plans by what class scripts and .var files give', async t => {
  const config = 'fixtures/demo/fai-classes.yaml'
  const files = {
    'class/10-site': '#!/bin/sh\necho EXTRA\n',
    'class/EXTRA.var': 'pkg=$(tail -n 1 "$LOGDIR/FAI_CLASSES")\n',
    'hooks/instsoft.EXTRA': '#!/bin/sh\n',
    'hooks/partition.OTHER': '#!/bin/sh\n',
    'package_config/EXTRA': 'PACKAGES install\nnano\n',
    'disk_config/FAIBASE': await readFile(join(ROOT, 'fixtures/demo/config/disk_config/FAIBASE'), 'utf8'),
  }
  await withFiles(files, async directory => {
    await chmod(join(directory, 'class/10-site'), 0o755)
    const site = ['--config', config, '--config-space', directory]
    const words = ['plan', 'web01', ...site, ...IMAGE, '--format', 'json']
    const without = await runInProcess(words)
    t.notOk(JSON.parse(without.stdout).classes.includes('EXTRA'))
    t.match(without.stderr, /^warning plan-incomplete: .*\/class\/10-site: /m)
    const { stdout, stderr } = await runInProcess([...words, '--run-class-scripts'])
    const plan = JSON.parse(stdout)
    t.ok(plan.classes.includes('EXTRA'))
    t.equal(plan.variables.pkg, 'LAST', 'files see the log directory of a run')
    t.ok(JSON.stringify(plan.steps).includes('"nano"'))
    const left = stderr.split('\n').filter(line => line.includes('plan-incomplete'))
    t.strictSame(left, [
      `warning plan-incomplete: ${directory}/hooks/instsoft.EXTRA: a hook may change or skip its task`,
    ])
  })
})
