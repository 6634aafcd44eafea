import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type BootPeer, bootPeer } from '../testing/boot-peer.ts'
import { withHttpServer } from '../testing/file-server.ts'
import { makeNetbootImage, type NetbootImage } from '../testing/netboot-image.ts'
import { type Boot, startMachine } from '../testing/qemu.ts'
import { isLong } from '../testing/random.ts'
import { runProgram } from '../testing/run-program.ts'

const LIMIT_SECONDS = 400
const MAC = '52:54:00:12:34:56'
/** The machine of the test as a guest of QEMU sees it. */
const HOST = '10.0.2.2'

let directory: string
let image: NetbootImage
let warnings: string

t.before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fai-classes-netboot-'))
  await mkdir(join(directory, 'image'))
  image = await makeNetbootImage(join(directory, 'image'))
  warnings = image.said
})
t.teardown(() => rm(directory, { recursive: true, force: true }))

t.test('the image says what it is, and which cards lack their firmware', async t => {
  const manifest = JSON.parse(await readFile(image.manifest, 'utf8'))
  t.match(manifest.kernel.release, /^6\.\d+\./)
  t.match(manifest.packages['e2fsprogs:amd64'], /^\d/)
  t.ok(manifest.missingFirmware.bnx2.includes('bnx2/bnx2-mips-09-6.2.1b.fw'))
  t.notOk('virtio_net' in manifest.missingFirmware)
  t.match(warnings, /^warning firmware-missing: --firmware: .*bnx2, /m)
})

t.test('made again it is the same, octet for octet', async t => {
  const again = join(directory, 'again')
  await makeNetbootImage(again, isLong() ? ['--cache', join(directory, 'empty-cache')] : [])
  for (const name of ['vmlinuz', 'initrd.img', 'manifest.json'])
    t.ok((await readFile(join(again, name))).equals(await readFile(join(directory, 'image', name))), name)
  await rm(again, { recursive: true })
})

/** Boots the image with these words, until it is off or says what is waited for; what it said and what the server heard. */
const boot = async (
  peer: BootPeer,
  words: (server: string) => readonly string[],
  until?: RegExp,
): Promise<Boot> =>
  withHttpServer(peer.answer, async address => {
    const server = `http://${HOST}:${new URL(address).port}`
    const line = ['console=ttyS0', 'quiet', 'panic=-1', ...words(server)].join(' ')
    const machine = startMachine({
      args: [
        ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', line],
        ...['-nic', `user,model=virtio-net-pci,mac=${MAC}`],
        ...['-drive', `if=virtio,format=raw,file=${join(directory, 'disk.img')}`],
      ],
      memoryMib: 1024,
      timeoutSeconds: LIMIT_SECONDS,
    })
    try {
      return until === undefined ? await machine.off() : await machine.until(until)
    } finally {
      await machine.stop()
    }
  })

const installWords = (server: string): readonly string[] => [
  ...['FAI_ACTION=install', 'FAI_FLAGS=verbose,reboot', `BOOTIF=01-${MAC.replaceAll(':', '-')}`],
  ...[`FAI_CONFIG_SRC=${server}/config.tar.gz`, 'hostname=web01', 'ADDCLASSES=TEST'],
  ...[`FAI_CLASSES_SERVER=${server}`, 'FAI_CLASSES_TOKEN=token'],
]

const DISK_CONFIG = `disk_config disk1 disklabel:gpt fstabkey:uuid
primary / 300 ext4 rw,noatime
primary swap 50 swap sw
`
/** Its base system is a shell; there is no package in it. */
const SPACE: Readonly<Record<string, string>> = {
  'disk_config/BASE': DISK_CONFIG,
  'class/10-facts': '#!/bin/sh\necho QEMU\n',
  'hooks/repository.BASE': '#!/bin/sh\nskiptask repository updatebase instsoft\n',
  'scripts/BASE/10-note': `#!/bin/bash
echo "$IPADDR|$MAC|$NIC1|$GATEWAYS|$SERVER|$FAI_ACTION|$ROLE|$disklist" >$target/etc/note
`,
}

const makeConfigSpace = async (): Promise<Buffer> => {
  const space = join(directory, 'config')
  for (const [path, text] of Object.entries(SPACE)) {
    await mkdir(join(space, path, '..'), { recursive: true })
    await writeFile(join(space, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 })
  }
  const base = join(directory, 'base')
  await mkdir(join(space, 'basefiles'))
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'run', 'tmp', 'usr/bin'])
    await mkdir(join(base, name), { recursive: true })
  const diversion = '#!/bin/sh\n'
  await writeFile(join(base, 'usr/bin/dpkg-divert'), diversion, { mode: 0o755 })
  await runProgram('sh', [
    '-ec',
    `for f in /bin/dash $(ldd /bin/dash | grep -o '/[^ ]*'); do cp --parents -L $f ${base}; done`,
  ])
  await runProgram('ln', ['-s', 'dash', join(base, 'bin/sh')])
  await runProgram('tar', ['-C', base, '--zstd', '-cf', join(space, 'basefiles/BASE.tar.zst'), '.'])
  const archive = join(directory, 'config.tar.gz')
  await runProgram('tar', ['-C', space, '-czf', archive, '.'])
  return readFile(archive)
}

const origin = { kind: 'record', zone: 'example.test', owner: '_fai.web01.example.test', type: 'TXT' }

const orderFor = (facts: readonly string[]): object => {
  const classes = ['DEFAULT', ...facts, 'BASE', 'web01', 'LAST']
  return {
    lookup: {
      ...{ host: 'web01', fqdn: 'web01.example.test', classes, notTaken: [], diagnostics: [] },
      because: classes.map(name => ({ class: name, by: [{ kind: 'seed', origin }] })),
      variables: { ROLE: { value: 'a web server', origin } },
      sources: [{ name: 'zonefile example.test.zone', state: 'file' }],
    },
    addresses: ['192.0.2.11'],
    reportKey: 'report-key',
  }
}

const wipeDisk = async (): Promise<void> => {
  await rm(join(directory, 'disk.img'), { force: true })
  await writeFile(join(directory, 'disk.img'), '')
  await truncate(join(directory, 'disk.img'), 2 ** 29)
}

t.test('a machine is installed by the order of the server, tells of it, and starts anew', async t => {
  await wipeDisk()
  const peer = bootPeer({ files: { '/config.tar.gz': await makeConfigSpace() }, order: orderFor })
  const { console: said } = await boot(peer, installWords)
  t.match(said, /^fai-classes: installing web01 \(\S+, 52:54:00:12:34:56, 10\.0\.2\.15\)$/m)
  t.match(said, /reboot: Restarting system/)
  t.strictSame(peer.asked, [
    'HEAD /healthz',
    'GET /config.tar.gz',
    'POST /install',
    'PUT /report/log/logs.tar.gz',
    'POST /report/end',
  ])
  t.strictSame(JSON.parse(String(peer.bodyOf('/install'))), { facts: ['QEMU', 'TEST'] })
  t.match(JSON.parse(String(peer.bodyOf('/report/end'))), { outcome: 'installed' })
  const tasks = peer.events.flatMap(({ event, task }) => (event === 'task-begin' ? [task] : []))
  t.strictSame(tasks.slice(0, 4), ['defvar', 'action', 'install', 'partition'])
  t.match(peer.events.at(-1), { event: 'run-end', exitCode: 0 })
  await checkLogs(t, peer)
  await checkDisk(t)
})

const checkLogs = async (t: Test, peer: BootPeer): Promise<void> => {
  const logs = join(directory, 'logs')
  await mkdir(logs)
  await writeFile(join(directory, 'logs.tar.gz'), peer.bodyOf('/report/log/logs.tar.gz') ?? '')
  await runProgram('tar', ['-C', logs, '-xzf', join(directory, 'logs.tar.gz')])
  t.equal(await readFile(join(logs, 'FAI_CLASSES'), 'utf8'), 'DEFAULT\nQEMU\nTEST\nBASE\nweb01\nLAST\n')
  const { because } = JSON.parse(await readFile(join(logs, 'classes.json'), 'utf8'))
  t.match(because[3], { class: 'BASE', by: [{ kind: 'seed', origin }] })
  t.match(await readFile(join(logs, 'console.log'), 'utf8'), /fai-classes: installing web01/)
}

/** Reads the file system of the first partition, which begins at 1 MiB, without mounting it. */
const checkDisk = async (t: Test): Promise<void> => {
  const partition = join(directory, 'partition.img')
  const copy = ['bs=1M', 'skip=1', 'count=300', 'conv=sparse', 'status=none']
  await runProgram('dd', [`if=${join(directory, 'disk.img')}`, `of=${partition}`, ...copy])
  const note = await runProgram('debugfs', ['-R', 'cat /etc/note', partition])
  t.match(
    note,
    /^10\.0\.2\.15\|52:54:00:12:34:56\|\w+\|10\.0\.2\.2\|10\.0\.2\.2\|install\|a web server\|vda$/m,
  )
}

t.test('a token that is refused ends it visibly: nothing is changed, and nothing starts anew', async t => {
  await wipeDisk()
  const peer = bootPeer({ files: { '/config.tar.gz': await readFile(join(directory, 'config.tar.gz')) } })
  const { console: said } = await boot(peer, installWords, /nothing more is done; switch the machine off/)
  t.match(said, /the boot server refused with 403: the token is none that was given/)
  t.match(said, /^fai-classes: install FAILED; nothing more is done$/m)
  t.strictSame(peer.asked, ['HEAD /healthz', 'GET /config.tar.gz', 'POST /install'])
  const start = (await readFile(join(directory, 'disk.img'))).subarray(0, 2 ** 20)
  t.ok(start.every(octet => octet === 0))
})
