import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import { readFingerprints } from './host-fingerprints.ts'

const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS keyhost\n'
const FINGERPRINT = '4 2 a87f1b687ac0e57d2a081a2f282672334d90ed316d2b818ca9580ea384d92401'
const host = { fqdn: 'web01.example.test', addresses: ['192.0.2.11'] }

const rows: Record<string, { files: Record<string, string>; value?: string[]; said: string[] }> = {
  'the keys of a directory, the same one once': {
    files: { 'ssh_host_ed25519_key.pub': ED25519, 'ssh_host_copy_key.pub': ED25519 },
    value: [FINGERPRINT],
    said: [],
  },
  'a key of an unknown type is left out, and told': {
    files: { 'ssh_host_ed25519_key.pub': ED25519, 'ssh_host_xmss_key.pub': 'ssh-xmss@openssh.com AAAA\n' },
    value: [FINGERPRINT],
    said: ['ssh-key-unknown'],
  },
  'no key of a known type': {
    files: { 'ssh_host_rsa_key.pub': 'ssh-rsa\n' },
    said: ['ssh-key-unknown', 'ssh-keys-missing'],
  },
  'no key at all': { files: {}, said: ['ssh-keys-missing'] },
}

for (const [title, { files, value, said }] of Object.entries(rows)) {
  t.test(title, async t => {
    await withFiles(files, async sshKeys => {
      const found = await readFingerprints({ ...host, sshKeys })
      t.strictSame(found.value, value)
      t.strictSame(
        found.diagnostics.map(({ code, severity }) => (severity === 'warning' ? code : severity)),
        said,
      )
    })
  })
}

t.test('without a directory the keys of this machine are not taken for those of another', async t => {
  const found = await readFingerprints({ ...host, sshKeys: undefined })
  t.equal(found.value, undefined)
  t.match(found.diagnostics, [{ message: /\(web01\.example\.test is not this machine\)/ }])
})
