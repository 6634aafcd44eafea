import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type ReadCommand, readCommand } from '../inspect/runner.ts'
import { type CommandRun, runInProcess } from '../testing/command-run.ts'
import { withHttpServer } from '../testing/file-server.ts'
import { runProgram } from '../testing/run-program.ts'
import { withFiles } from '../testing/site-files.ts'

const ZONE = `$TTL 300
@ IN SOA ns1.example.test. hostmaster.example.test. 1 3600 900 604800 300
@ IN NS ns1.example.test.
host01 IN A 192.0.2.10
_fai.host01 IN TXT "DEBIAN"
`
const FILES = {
  'config.yaml': 'sources:\n  - { kind: zonefile, zone: example.test, path: zone }\n',
  zone: ZONE,
  'config/class/DEBIAN.var': '',
  'root/etc/issue': 'from an archive\n',
}

/** A machine whose apt knows no archive; the network is real. */
const read: ReadCommand = async (argv, signal) => (argv[0] === 'curl' ? readCommand(argv, signal) : '')

/** Task `extrbase` of an installation into `target`, with these files in the config space. */
const makeBase = (
  files: Readonly<Record<string, string>>,
  use: (directory: string, install: () => Promise<CommandRun>) => Promise<void>,
): Promise<void> =>
  withFiles({ ...FILES, ...files }, async directory => {
    const inside = (name: string) => join(directory, name)
    await mkdir(inside('config/basefiles'), { recursive: true })
    const args = ['--config', inside('config.yaml'), '--config-space', inside('config')]
    await use(directory, () =>
      runInProcess(
        ['dirinstall', 'host01', inside('target'), ...args, '--log-dir', inside('log'), '--only', 'extrbase'],
        { isRoot: true, readProgram: read },
      ),
    )
  })

const pack = (directory: string, path: string): Promise<string> =>
  runProgram('tar', [
    '--create',
    '--auto-compress',
    '--file',
    path,
    '--directory',
    join(directory, 'root'),
    '.',
  ])

const issueOf = (directory: string): Promise<string> => readFile(join(directory, 'target/etc/issue'), 'utf8')

for (const suffix of ['tgz', 'tar', 'tar.bz2', 'tar.xz', 'tar.zst']) {
  t.test(`the archive of the highest class is the base system: ${suffix}`, async t =>
    makeBase({ 'config/basefiles/DEFAULT.tgz': 'not this one' }, async (directory, install) => {
      await pack(directory, join(directory, `config/basefiles/DEBIAN.${suffix}`))
      t.match(await install(), { exitCode: 0 })
      t.equal(await issueOf(directory), 'from an archive\n')
      t.match(await readFile(join(directory, 'target/etc/dpkg/dpkg.cfg.d/90fai'), 'utf8'), 'force-unsafe-io')
    }),
  )
}

t.test('an archive that a web server lists is fetched', async t =>
  makeBase({}, async (directory, install) => {
    const archive = join(directory, 'DEBIAN.tar.gz')
    await pack(directory, archive)
    const bytes = await readFile(archive)
    const answer = new Map<string | undefined, string | Uint8Array>([
      ['/base/', '<a href="OTHER.tar.xz">x</a> <a href="DEBIAN.tar.gz">y</a>'],
      ['/base/DEBIAN.tar.gz', bytes],
    ])
    await withHttpServer(
      ({ url }, response) => {
        const body = answer.get(url)
        response.writeHead(body === undefined ? 404 : 200).end(body)
      },
      async address => {
        await runProgram('sh', [
          '-c',
          `echo FAI_BASEFILEURL=${address}base >"$1"`,
          'sh',
          join(directory, 'config/class/DEBIAN.var'),
        ])
        t.match(await install(), { exitCode: 0 })
        t.equal(await issueOf(directory), 'from an archive\n')
        await t.rejects(readFile(join(directory, 'target/DEBIAN.tar.gz')), { code: 'ENOENT' })

        answer.set('/base/DEBIAN.tar.gz', bytes.subarray(0, 40))
        t.match(await install(), { exitCode: 1, stderr: /"base.unpack".*\n.*unexpected end of file/s })
        answer.delete('/base/')
        t.match(await install(), {
          exitCode: 1,
          stderr: /error base-source-missing: \S+class\/DEBIAN\.var:1: .* cannot be listed/,
        })
      },
    )
  }),
)

t.test('an archive that is broken is named, with what tar says of it', async t =>
  makeBase({ 'config/basefiles/DEBIAN.tar.xz': 'no archive' }, async (directory, install) => {
    const { exitCode, stderr } = await install()
    t.equal(exitCode, 1)
    t.match(stderr, `unpack ${directory}/config/basefiles/DEBIAN.tar.xz) failed`)
    t.match(stderr, `asked for by: DEBIAN, ${directory}/config/basefiles/DEBIAN.tar.xz`)
  }),
)

t.test('a mirror that is missing is told with the line that names it', async t =>
  makeBase(
    { 'config/class/DEBIAN.var': '\nFAI_DEBOOTSTRAP="bookworm http://127.0.0.1:9/debian"\n' },
    async (directory, install) => {
      const { exitCode, stderr } = await install()
      t.equal(exitCode, 1)
      t.match(stderr, /make a base system of bookworm with mmdebstrap\) failed/)
      t.match(stderr, '127.0.0.1')
      t.match(stderr, `asked for by: DEBIAN, ${directory}/config/class/DEBIAN.var:2`)
    },
  ),
)

t.test('nobody says where a base system comes from: an error before anything is done', async t =>
  makeBase({}, async (_directory, install) => {
    t.match(await install(), { exitCode: 1, stderr: /error base-source-missing: .*FAI_DEBOOTSTRAP/ })
  }),
)
