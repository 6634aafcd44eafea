import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { ROOT } from '../testing/golden.ts'
import { withFiles } from '../testing/site-files.ts'

const DEMO = ['--config', 'fixtures/demo/fai-classes.yaml']
const WEB01 = 'DEFAULT FAIBASE DEBIAN GRUB_EFI MONITORED BUSYBOX WEB web01 LAST'

for (const host of ['web01', 'web01.example.test', 'WEB01.', '192.0.2.11', '5254.0012.3456']) {
  t.test(`lookup ${host} prints the class list, one class a line`, async t => {
    t.strictSame(await runInProcess(['lookup', host, ...DEMO]), {
      stdout: `${WEB01.replaceAll(' ', '\n')}\n`,
      stderr: '',
      exitCode: 0,
    })
  })
}

t.test('words stand on one line', async t => {
  t.match(await runInProcess(['lookup', 'web01', ...DEMO, '--format', 'words']), { stdout: `${WEB01}\n` })
})

t.test('without implicit classes, with a fact and an added class', async t => {
  const args = [
    'lookup',
    'lab01',
    ...DEMO,
    '--no-implicit',
    '--fact',
    'EFI',
    '--add',
    'MONITORED',
    '--format',
    'words',
  ]
  const { stdout, exitCode } = await runInProcess(args)
  t.equal(stdout, 'FAIBASE DEBIAN BUSYBOX MONITORED WEB TEST\n')
  t.equal(exitCode, 0)
})

t.test('shell quotes so that any shell reads the value back', async t => {
  const { stdout } = await runInProcess(['lookup', 'web01', ...DEMO, '--format', 'shell'])
  t.equal(stdout, "MOTD='Hello from the shop'\nSITE='berlin'\nTIMEZONE='Europe/Berlin'\n")
})

t.test('json has the shape of its schema, with and without an error', async t => {
  const schema = JSON.parse(await readFile(join(ROOT, 'schema/lookup.schema.json'), 'utf8'))
  const validate = new Ajv2020({ strictTypes: false, strictRequired: false }).compile(schema)
  for (const [host, exitCode] of [
    ['web01', 0],
    ['nosuch', 1],
  ] as const) {
    const run = await runInProcess(['lookup', host, ...DEMO, '--format', 'json'])
    t.ok(validate(JSON.parse(run.stdout)), JSON.stringify(validate.errors))
    t.equal(run.exitCode, exitCode)
    t.equal('classes' in JSON.parse(run.stdout), exitCode === 0)
  }
})

t.test('explain names for each class the record or entry that put it there', async t => {
  const { stdout } = await runInProcess(['lookup', 'web01', ...DEMO, '--explain'])
  t.match(stdout, /^ {2}WEB +asked for in "WEB" at fixtures\/demo\/directory\.ldif:43: cn=webservers/m)
  t.match(
    stdout,
    /^ {2}BUSYBOX +required by WEB in "BUSYBOX" at fixtures\/demo\/example\.test\.zone:26: TXT WEB\._class/m,
  )
  t.match(stdout, /^ {2}zonefile fixtures\/demo\/example\.test\.zone {2}file, serial 2026112201$/m)
})

t.test('explain says what was asked for and did not get in', async t => {
  const { stdout } = await runInProcess(['lookup', 'web01', ...DEMO, '--explain', '--add', 'TEST'])
  t.match(stdout, /DEFAULT/)
  const removed = await runInProcess(['lookup', 'lab01', ...DEMO, '--format', 'json'])
  t.strictSame(JSON.parse(removed.stdout).notTaken, [])
})

const ZONE = '@ SOA ns1 h 1 1 1 1 1\n@ NS ns1\nns1 A 127.0.0.1\nweb01 A 192.0.2.1\n'
const config = (sources: string): string => `sources: [${sources}]\n`
const ZONEFILE = '{ kind: zonefile, zone: example.test, path: site.zone }'

const faults: Record<
  string,
  { files: Record<string, string>; args?: string[]; exitCode: number; want: RegExp }
> = {
  'a config file with an unknown key': {
    files: { 'c.yaml': config('{ kind: deps, paht: x }') },
    exitCode: 1,
    want: /c\.yaml:1:\d+: unknown key "paht" in sources\.0 \(nearest known key: "path"\)/,
  },
  'a zone with a syntax error': {
    files: { 'c.yaml': config(ZONEFILE), 'site.zone': `${ZONE}web02 A 192.0.2.300\n` },
    exitCode: 1,
    want: /error zone-syntax: .*site\.zone:5/,
  },
  'a string that does not parse': {
    files: { 'c.yaml': config(ZONEFILE), 'site.zone': `${ZONE}_fai.web01 TXT "A.B"\n` },
    exitCode: 1,
    want: /error syntax: .*site\.zone:5: TXT _fai\.web01\.example\.test: .*"A\.B" is not a class name/,
  },
  'a cycle': {
    files: {
      'c.yaml': config(ZONEFILE),
      'site.zone': `${ZONE}_fai.web01 TXT A\nA._class TXT "requires=B"\nB._class TXT "after=A"\n`,
    },
    exitCode: 1,
    want: /error class-cycle: .*site\.zone:6: .*class cycle: A requires B after A\n {2}.*site\.zone:7/,
  },
  'an LDIF with a bad DN': {
    files: {
      'c.yaml': config('{ kind: ldif, base: "dc=x", path: d.ldif }'),
      'd.ldif': 'version: 1\n\ndn: dc\nobjectClass: top\n',
    },
    exitCode: 1,
    want: /error ldif-syntax: .*d\.ldif:3/,
  },
  'a file that is not there': {
    files: { 'c.yaml': config(ZONEFILE) },
    exitCode: 3,
    want: /error source-unreachable: .*site\.zone/,
  },
  'an unknown host': {
    files: { 'c.yaml': config(ZONEFILE), 'site.zone': ZONE },
    args: ['web99'],
    exitCode: 1,
    want: /error host-not-found: HOST: no source knows the host "web99"/,
  },
  'a word that is no host': {
    files: { 'c.yaml': config(ZONEFILE), 'site.zone': ZONE },
    args: ['we b'],
    exitCode: 2,
    want: /"we b" is no host name, MAC, IP or UUID/,
  },
  'no configuration at all': {
    files: {},
    exitCode: 2,
    want: /there is no configuration \(looked for .*c\.yaml\)/,
  },
}

for (const [name, { files, args = ['web01'], exitCode, want }] of Object.entries(faults)) {
  t.test(`${name}: exit ${exitCode}, the place to edit, and nothing on stdout`, async t => {
    await withFiles(files, async directory => {
      const run = await runInProcess(['lookup', ...args, '--config', join(directory, 'c.yaml')])
      t.equal(run.exitCode, exitCode)
      t.equal(run.stdout, '')
      t.match(run.stderr, want)
    })
  })
}

t.test('a snapshot answers with its age when the source is gone, and --fresh refuses it', async t => {
  const text = `${config(ZONEFILE)}snapshot: { directory: snapshot, maxAge: 1h }\n`
  await withFiles(
    { 'c.yaml': text, 'site.zone': `${ZONE}_fai.web01 TXT WEB\n`, empty: '' },
    async directory => {
      const args = ['lookup', 'web01', '--config', join(directory, 'c.yaml'), '--format', 'words']
      const live = await runInProcess(args)
      t.strictSame(live, { stdout: 'DEFAULT WEB web01 LAST\n', stderr: '', exitCode: 0 })

      const { rename } = await import('node:fs/promises')
      await rename(join(directory, 'site.zone'), join(directory, 'gone.zone'))
      const stale = await runInProcess(args, { now: () => 600_000 })
      t.equal(stale.stdout, live.stdout)
      t.equal(stale.exitCode, 0)
      t.match(stale.stderr, /^warning stale: .*site\.zone: .*the last good state answers, 10 min old\n$/)

      t.match(await runInProcess([...args, '--fresh']), { stdout: '', exitCode: 3 })
      t.match(await runInProcess(args, { now: () => 7_200_000 }), {
        stdout: '',
        exitCode: 3,
        stderr: /2 h old/,
      })
    },
  )
})

t.test('--config-space makes known what its files are named after', async t => {
  const lookup = ['lookup', 'web01', ...DEMO, '--add', 'LAPTOP']
  t.match(await runInProcess(lookup), { stderr: /unknown-class: .*"LAPTOP"/ })
  await withFiles({ 'space/package_config/LAPTOP': '' }, async directory => {
    const space = `file://${join(directory, 'space')}`
    t.match(await runInProcess([...lookup, '--config-space', space]), { stderr: '', exitCode: 0 })
    const relative = await runInProcess([...lookup.slice(0, 2), '--config-space', 'space'], {
      cwd: directory,
      configVariable: join(ROOT, 'fixtures/demo/fai-classes.yaml'),
    })
    t.match(relative, { stderr: '', exitCode: 0 })
  })
  const other = await runInProcess([...lookup, '--config-space', 'git+ftp://u:pw@config.example.test/fai'])
  t.match(other, {
    exitCode: 2,
    stdout: '',
    stderr: /"git\+ftp:\/\/u@config\.example\.test\/fai": git is fetched by git\+file/,
  })
})

t.test('a snapshot that cannot be written costs a warning and not the answer', async t => {
  const text = `${config(ZONEFILE)}snapshot: { directory: c.yaml }\n`
  await withFiles({ 'c.yaml': text, 'site.zone': ZONE }, async directory => {
    const run = await runInProcess(['lookup', 'web01', '--config', join(directory, 'c.yaml')])
    t.equal(run.stdout, 'DEFAULT\nweb01\nLAST\n')
    t.equal(run.exitCode, 0)
    t.match(run.stderr, /^warning snapshot-unwritable: \S+c\.yaml: the last good state is not kept: /)
  })
})
