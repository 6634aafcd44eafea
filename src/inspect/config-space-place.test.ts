import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import { findNfsDirectory, readDetectedDirectory, readNfsDirectory } from './config-space-place.ts'

const ROWS = [
  '21 1 0:20 / / ro,relatime - nfs boot.example.test:/srv/fai/nfsroot ro,vers=3',
  '22 21 0:5 / /proc rw - proc proc rw',
  '40 21 0:40 / /mnt/my\\040site rw - nfs4 Files.Example.Test:/export rw,vers=4.2',
  '41 21 0:41 /sub /mnt/part rw - nfs4 [2001:db8::1]:/data rw',
  '42 21 8:1 / /srv rw - ext4 /dev/sda1 rw',
]

const cases: Record<string, { server: string | undefined; path: string; want: string | undefined }> = {
  'the directory itself': { server: 'files.example.test', path: '/export', want: '/mnt/my site' },
  'one below it': {
    server: 'files.example.test',
    path: '/export/fai/config',
    want: '/mnt/my site/fai/config',
  },
  'one beside it that begins alike': { server: 'files.example.test', path: '/exported', want: undefined },
  'one above it': { server: 'files.example.test', path: '/', want: undefined },
  'a part that is mounted': { server: '2001:db8::1', path: '/data/sub/config', want: '/mnt/part/config' },
  'brackets around an address': { server: '[2001:db8::1]', path: '/data/sub', want: '/mnt/part' },
  'a part that is not mounted': { server: '2001:db8::1', path: '/data/other', want: undefined },
  'another server': { server: 'other.example.test', path: '/export', want: undefined },
  'no server: that of the root file system': {
    server: undefined,
    path: '/srv/fai/nfsroot/config',
    want: '/config',
  },
}

for (const [name, { server, path, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.equal(findNfsDirectory(ROWS.join('\n'), { server, path }), want)
  })
}

t.test('no server and a root file system that is none of NFS: nothing is guessed', async t => {
  t.equal(findNfsDirectory(ROWS.slice(1).join('\n'), { server: undefined, path: '/export' }), undefined)
})

t.test('what is not mounted names the mount to run', async t => {
  const uri = { kind: 'nfs', server: 'none.example.test', path: '/srv/fai/config' } as const
  await t.rejects(readNfsDirectory(uri), {
    code: 'config-space-fetch',
    message: /mount -t nfs -o ro,nolock none\.example\.test:\/srv\/fai\/config/,
  })
})

t.test('a medium: the first place that is there', async t => {
  await withFiles({ 'b/class/X': '' }, async directory => {
    const candidates = [`${directory}/a`, `${directory}/b`, directory]
    t.equal(await readDetectedDirectory(candidates), `${directory}/b`)
    await t.rejects(readDetectedDirectory([`${directory}/a`]), { code: 'config-space-fetch' })
  })
})
