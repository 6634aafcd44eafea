import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { HOSTS_ZONE, withFiles } from '../testing/site-files.ts'

const CONFIG = `sources:
  - { kind: zonefile, zone: example.test, path: example.test.zone }
serve:
  http: { listen: "192.0.2.1:8080", root: root }
  stateDirectory: state
`
const ZONE = `${HOSTS_ZONE}52-54-00-00-00-01._mac IN PTR web01.example.test.
`
const FILES = { 'config.yaml': CONFIG, 'example.test.zone': ZONE }
const NOON_MS = Date.UTC(2026, 10, 22, 12)

/** A site of two hosts and one with an error, and the command in it. */
const withSite = (
  use: (boot: (...args: string[]) => ReturnType<typeof runInProcess>, directory: string) => Promise<void>,
) =>
  withFiles(FILES, directory =>
    use(
      (...args) =>
        runInProcess(['boot', ...args, '--config', join(directory, 'config.yaml')], {
          cwd: directory,
          now: () => NOON_MS,
        }),
      directory,
    ),
  )

t.test('a host that was never armed is local; install, rescue and local are kept', async t => {
  await withSite(async boot => {
    const never = { stdout: 'web01.example.test  local  never armed\n', stderr: '', exitCode: 0 }
    t.strictSame(await boot('web01'), never)
    for (const [wish, state] of [
      ['install', 'armed'],
      ['rescue', 'rescue'],
      ['local', 'local'],
    ] as const) {
      const line = `web01.example.test  ${state}  2026-11-22T12:00:00Z  asked for by boot ${wish}\n`
      t.strictSame(await boot('web01', wish), { stdout: line, stderr: '', exitCode: 0 })
      t.equal((await boot('web01.example.test')).stdout, line, 'shown again')
    }
  })
})

t.test('a host is named as in lookup', async t => {
  await withSite(async boot => {
    for (const name of ['web01', 'WEB01.example.test.', '52:54:00:00:00:01', '525400000001', '192.0.2.11'])
      t.match((await boot(name, 'install')).stdout, /^web01\.example\.test {2}armed/, name)
  })
})

t.test('a host that no source knows, or whose list has errors, is not armed', async t => {
  await withSite(async (boot, directory) => {
    const unknown = await boot('web99', 'install')
    t.strictSame([unknown.stdout, unknown.exitCode], ['', 1])
    t.match(unknown.stderr, /^error host-not-found/)
    const wrong = await boot('bad01', 'install')
    t.strictSame([wrong.stdout, wrong.exitCode], ['', 1])
    t.match(wrong.stderr, /^error syntax/)
    t.notOk((await readdir(directory)).includes('state'))
  })
})

t.test('a host can be made local while no source answers, and whatever its list', async t => {
  await withSite(async (boot, directory) => {
    await boot('web01', 'install')
    await rm(join(directory, 'example.test.zone'))
    t.equal((await boot('web01', 'local')).exitCode, 3, 'a short name needs a source')
    t.match(await boot('web01.example.test', 'local'), { stdout: /local/, exitCode: 0 })
    t.equal((await boot('web01.example.test', 'install')).exitCode, 3)
    t.match((await boot('web01.example.test')).stdout, / {2}local {2}/)
  })
  await withSite(async boot => {
    t.match(await boot('bad01', 'local'), { stdout: /^bad01.example.test {2}local/, exitCode: 0 })
  })
})

t.test('--list: every host of which something was ever said', async t => {
  await withSite(async boot => {
    t.strictSame(await boot('--list'), { stdout: '', stderr: '', exitCode: 0 })
    await boot('web01', 'install')
    await boot('db01', 'rescue')
    t.equal(
      (await boot('--list')).stdout,
      'db01.example.test  rescue  2026-11-22T12:00:00Z  asked for by boot rescue\n' +
        'web01.example.test  armed  2026-11-22T12:00:00Z  asked for by boot install\n',
    )
    const { stdout } = await boot('--list', '--format', 'json')
    t.equal(await schemaFaults('boot', stdout), '')
    t.strictSame(JSON.parse(stdout).hosts[1], {
      host: 'web01.example.test',
      state: 'armed',
      since: '2026-11-22T12:00:00Z',
      message: 'asked for by boot install',
    })
  })
})

const hash = 'a'.repeat(64)

t.test('what an installation is at, with its token; what the network said stays in its line', async t => {
  await withSite(async (boot, directory) => {
    const folder = join(directory, 'state/boot/web01.example.test')
    await mkdir(folder, { recursive: true })
    const token = { hash, address: '192.0.2.11', madeAtMs: NOON_MS, spentAtMs: NOON_MS + 60_000 }
    const record = { state: 'installing', sinceMs: NOON_MS, message: 'task\n\u001b[2Jdb01  local', token }
    await writeFile(join(folder, '7'), JSON.stringify(record))
    t.equal(
      (await boot('web01')).stdout,
      'web01.example.test  installing  2026-11-22T12:00:00Z  task\\x0a\\x1b[2Jdb01  local\n',
    )
    const { stdout } = await boot('web01', '--format', 'json')
    t.equal(await schemaFaults('boot', stdout), '')
    t.strictSame(JSON.parse(stdout).hosts[0].token, {
      address: '192.0.2.11',
      madeAt: '2026-11-22T12:00:00Z',
      expiresAt: '2026-11-22T12:30:00Z',
      usedAt: '2026-11-22T12:01:00Z',
    })
    t.notOk(stdout.includes(hash))
    t.match((await boot('web01', 'local')).stderr, 'web01.example.test was being installed')
  })
})

t.test('a state that cannot be read: exit code 3, its file, and nothing is written over it', async t => {
  await withSite(async (boot, directory) => {
    const folder = join(directory, 'state/boot/web01.example.test')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '1'), '{"state":"arm')
    for (const args of [['web01'], ['web01', 'install'], ['web01', 'local']]) {
      const run = await boot(...args)
      t.strictSame([run.stdout, run.exitCode], ['', 3])
      t.match(run.stderr, `${folder}/1 is not what was written`)
    }
    await boot('db01', 'install')
    const list = await boot('--list')
    t.equal(list.exitCode, 3)
    t.match(list.stdout, /^db01.*armed.*\nweb01\.example\.test {2}unreadable: .*\n$/)
    t.equal(await schemaFaults('boot', (await boot('--list', '--format', 'json')).stdout), '')
    await rm(folder, { recursive: true })
    t.match((await boot('web01')).stdout, 'never armed')
  })
})

t.test('wrong use', async t => {
  await withSite(async (boot, directory) => {
    for (const args of [
      [],
      ['web01', '--list'],
      ['web01', 'reinstall'],
      ['--yes', '--list'],
      ['a b', 'local'],
    ])
      t.equal((await boot(...args)).exitCode, 2, args.join(' '))
    await writeFile(join(directory, 'config.yaml'), CONFIG.replace(/serve:[\s\S]*/, ''))
    const run = await boot('web01')
    t.equal(run.exitCode, 2)
    t.match(run.stderr, 'has no "serve"')
  })
})

const append = (words: string) =>
  `default fai-generated\n\nlabel fai-generated\nkernel vmlinuz-6.1\n# web01 192.0.2.11\nappend initrd=initrd.img ip=dhcp root=/srv/fai/nfsroot ${words}\n`

const PXELINUX = {
  'pxelinux.cfg/C000020B': append(
    'FAI_FLAGS=verbose,sshd FAI_CONFIG_SRC=nfs://faiserver/srv/fai/config FAI_ACTION=install',
  ),
  'pxelinux.cfg/01-52-54-00-00-00-01': append('FAI_ACTION=sysinfo'),
  'pxelinux.cfg/C000020C': append('FAI_FLAGS=verbose FAI_ACTION=install'),
  'pxelinux.cfg/C0000263': append('FAI_ACTION=install'),
  'pxelinux.cfg/C000020D.disable': append('FAI_ACTION=install'),
  'pxelinux.cfg/C00002': append('FAI_ACTION=install'),
  'pxelinux.cfg/default': append('FAI_ACTION=install'),
}

t.test('--import: the plan, and with --yes what it says', async t => {
  await withFiles(PXELINUX, async tftp => {
    await withSite(async (boot, directory) => {
      const plan = await boot('--import', join(tftp, 'pxelinux.cfg'))
      t.equal(plan.exitCode, 1, 'one host is not known')
      t.equal(
        plan.stdout,
        'web01.example.test  rescue  (01-52-54-00-00-00-01)\ndb01.example.test  install  (C000020C)\n',
      )
      t.strictSame(
        plan.stderr
          .split('\n')
          .filter(line => !line.startsWith('error'))
          .sort(),
        [
          '',
          'C000020B: left aside: PXELINUX finds 01-52-54-00-00-00-01 first',
          'C000020C: not taken over: FAI_FLAGS=verbose; see serve.boot',
          'C000020D.disable: left aside: PXELINUX passes over it',
          'C0000263: left aside: 192.0.2.99 is not known, or has no class list',
          'C00002: left aside: it is for a subnet; hosts are armed one by one',
          'default: left aside: it installs every machine that has no file of its own; here such a machine boots its disk',
          'nothing was changed; --yes does it',
        ].sort(),
      )
      t.notOk((await readdir(directory)).includes('state'))

      const done = await boot('--import', join(tftp, 'pxelinux.cfg'), '--yes')
      t.equal(done.stdout, plan.stdout)
      t.match(
        (await boot('--list')).stdout,
        /^db01\.example\.test {2}armed.*\nweb01\.example\.test {2}rescue/,
      )
    })
  })
})

t.test('--import of what is no directory: exit code 3', async t => {
  await withSite(async (boot, directory) => {
    const run = await boot('--import', join(directory, 'none'))
    t.equal(run.exitCode, 3)
    t.match(run.stderr, `--import ${directory}/none: ENOENT`)
  })
})
