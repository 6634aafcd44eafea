import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { unpackFaiServer } from '../testing/fai-server.ts'
import { withFiles } from '../testing/site-files.ts'
import { type ImportedFile, readPxelinuxDirectory } from './boot-import.ts'

// What fai-chboot itself writes (Debian's fai-server).

const run = promisify(execFile)

const directory = await mkdtemp(join(tmpdir(), 'fai-classes-test-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const chboot = join(await unpackFaiServer(directory), 'usr/sbin/fai-chboot')

/** Runs fai-chboot, once for each call, and reads what it left. */
const afterCalls = async (calls: readonly (readonly string[])[]): Promise<readonly ImportedFile[]> =>
  withFiles(
    { 'nfsroot/boot/vmlinuz-6.1.0': '', 'nfsroot/boot/initrd.img-6.1.0': '', 'tftp/pxelinux.cfg/.keep': '' },
    async directory => {
      const settings = `NFSROOT=${directory}/nfsroot\nTFTPROOT=${directory}/tftp\nNFSROOT_SERVER=192.0.2.1\n`
      return withFiles({ 'nfsroot.conf': settings }, async etc => {
        for (const call of calls) await run(chboot, ['-C', etc, ...call])
        const files = await readPxelinuxDirectory(join(directory, 'tftp/pxelinux.cfg'))
        return files.filter(({ file }) => file !== '.keep')
      })
    },
  )

const machine = { kind: 'machine', leftOut: [] as readonly string[] }

const cases: Record<string, { calls: readonly (readonly string[])[]; want: object }> = {
  'installs, by address': {
    calls: [['-IB', '192.0.2.11']],
    want: {
      ...machine,
      file: 'C000020B',
      host: '192.0.2.11',
      wish: 'install',
      leftOut: ['FAI_FLAGS=verbose,sshd,reboot'],
    },
  },
  'sysinfo, by MAC': {
    calls: [['-S', '52:54:00:00:00:01']],
    want: { ...machine, file: '01-52-54-00-00-00-01', host: '52-54-00-00-00-01', wish: 'rescue' },
  },
  'boots its disk': {
    calls: [['-o', '192.0.2.11']],
    want: { ...machine, file: 'C000020B', host: '192.0.2.11', wish: 'local' },
  },
  'with a config space and classes of its own': {
    calls: [['-I', '-u', 'nfs://fai.example.test/srv/fai/config', '-k', 'ADDCLASSES=TEST', '192.0.2.11']],
    want: {
      ...machine,
      wish: 'install',
      leftOut: ['ADDCLASSES=TEST', 'FAI_CONFIG_SRC=nfs://fai.example.test/srv/fai/config'],
    },
  },
  'another action': {
    calls: [['-a', 'inventory', '192.0.2.11']],
    want: { kind: 'left-aside', why: /inventory/ },
  },
  'no action': { calls: [['-i', '192.0.2.11']], want: { kind: 'left-aside', why: 'it has no FAI_ACTION' } },
  disabled: {
    calls: [
      ['-I', '192.0.2.11'],
      ['-d', '192.0.2.11'],
    ],
    want: { kind: 'left-aside', file: 'C000020B.disable' },
  },
  'enabled again': {
    calls: [
      ['-I', '192.0.2.11'],
      ['-d', '192.0.2.11'],
      ['-e', '192.0.2.11'],
    ],
    want: { kind: 'machine', wish: 'install' },
  },
  'for all others': {
    calls: [['-I', 'default']],
    want: { kind: 'left-aside', why: /it installs every machine/ },
  },
}

for (const [name, { calls, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const files = await afterCalls(calls)
    t.equal(files.length, 1)
    t.match(files[0], want)
  })
}
