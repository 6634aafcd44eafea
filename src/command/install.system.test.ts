import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { startNamed } from '../testing/named.ts'
import { bootImage } from '../testing/qemu.ts'
import { drawHost, hostConfig, hostEntry, hostRecords, MARK_SCRIPT } from '../testing/random-host.ts'
import { runProgram } from '../testing/run-program.ts'
import { ROOT } from '../testing/test-files.ts'

/** Both programs end by these; tap waits longer, so that nothing is removed under them. */
const INSTALL_SECONDS = 420
const BOOT_SECONDS = 300
const timeout = (INSTALL_SECONDS + BOOT_SECONDS + 60) * 1000
t.setTimeout(timeout)
const ROOT_START_BYTES = (1 + 64) * 1024 ** 2
const REVERSE_ZONE = `$TTL 300
@ IN SOA ns1.example.test. hostmaster.example.test. 1 3600 900 604800 300
@ IN NS ns1.example.test.
`

const host = drawHost()
const directory = await mkdtemp(join(tmpdir(), 'fai-classes-install-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const image = join(directory, 'host.img')
const configSpace = join(directory, 'config')

await cp(join(ROOT, 'fixtures/demo'), directory, { recursive: true })
await appendFile(join(directory, 'example.test.zone'), hostRecords(host))
await appendFile(join(directory, 'directory.ldif'), hostEntry(host))
await mkdir(join(configSpace, 'scripts', host.class))
await writeFile(join(configSpace, 'scripts', host.class, '10-mark'), MARK_SCRIPT)
await chmod(join(configSpace, 'scripts', host.class, '10-mark'), 0o755)
await writeFile(join(directory, 'register.key'), host.keySecret, { mode: 0o600 })

const statements = 'allow-update { key register.example.test; };'
const named = await startNamed({
  keys: [
    {
      name: 'register.example.test',
      algorithm: 'hmac-sha256',
      secret: Buffer.from(host.keySecret, 'base64'),
    },
  ],
  zones: [
    { name: 'example.test', path: join(directory, 'example.test.zone'), statements },
    { name: '2.0.192.in-addr.arpa', text: REVERSE_ZONE, statements },
  ],
})
t.teardown(() => named.stop())
await writeFile(join(directory, 'test.yaml'), hostConfig(named.server, 'register.key'))

const dig = (...args: readonly string[]): Promise<string> =>
  runProgram('dig', ['@127.0.0.1', '-p', String(named.port), '+norecurse', '+short', ...args])

t.test('a host known only to the zone and the LDIF is installed into an image', { timeout }, async t => {
  const name = `${host.name}.example.test`
  t.equal(await dig('A', name), '', 'named does not know it yet')
  // On SIGTERM an installation takes down what it mounted and attached.
  await runProgram('timeout', [
    ...['--signal=TERM', String(INSTALL_SECONDS), join(ROOT, 'bin/fai-classes')],
    ...['install', host.name, '--config', join(directory, 'test.yaml'), '--config-space', configSpace],
    ...['--image', image, '--size', '2G', '--log-dir', join(directory, 'log'), '--yes'],
  ])

  const status = await readFile(join(directory, 'log/status.log'), 'utf8')
  t.match(status, `${host.class}/10-mark    OK.\n`)
  t.notMatch(status, 'FAILED')
  t.equal(
    await runProgram('losetup', ['--associated', image]),
    '',
    'nothing is left attached, and so nothing mounted',
  )
})

t.test('its file systems are those that were asked for', async t => {
  const probe = ['-p', '-O', String(ROOT_START_BYTES), '-o', 'value', '-s', 'UUID', image]
  t.equal((await runProgram('blkid', probe)).trim(), host.rootUuid)
  const fstab = await runProgram('debugfs', ['-R', 'cat /etc/fstab', `${image}?offset=${ROOT_START_BYTES}`])
  t.match(fstab, `UUID=${host.rootUuid}\t/\text4\t`)
})

t.test('named answers its address and its name', async t => {
  t.equal(await dig('A', `${host.name}.example.test`), `${host.address}\n`)
  t.equal(await dig('-x', host.address), `${host.name}.example.test.\n`)
})

t.test(
  'it boots to a login prompt with its name, after the mark that the script of its class wrote',
  { timeout },
  async t => {
    const until = new RegExp(`^${host.name} login:`, 'm')
    const { console } = await bootImage({ image, until, timeoutSeconds: BOOT_SECONDS })
    t.match(console, `root=UUID=${host.rootUuid}`)
    t.match(console, new RegExp(`^mark=${host.mark}$`, 'm'))
  },
)
