import { createHash } from 'node:crypto'
import t from 'tap'
import { sshFingerprint } from './ssh-fingerprint.ts'

t.test('the example of RFC 7479', async t => {
  t.equal(
    sshFingerprint(
      'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS keyhost',
    ),
    '4 2 a87f1b687ac0e57d2a081a2f282672334d90ed316d2b818ca9580ea384d92401',
  )
})

/** A line as sshd writes it, around any key. */
const line = (type: string, inside = type): string => {
  const key = Buffer.concat([Buffer.from([0, 0, 0, inside.length]), Buffer.from(inside), Buffer.alloc(32, 1)])
  return `${type} ${key.toString('base64')} root@web01\n`
}

const numbers: Record<string, number> = {
  'ssh-rsa': 1,
  'ssh-dss': 2,
  'ecdsa-sha2-nistp256': 3,
  'ecdsa-sha2-nistp384': 3,
  'ecdsa-sha2-nistp521': 3,
  'ssh-ed25519': 4,
  'ssh-ed448': 6,
}

for (const [type, number] of Object.entries(numbers)) {
  t.test(`${type} is algorithm ${number}`, async t => {
    const key = Buffer.from(line(type).split(' ')[1] ?? '', 'base64')
    t.equal(sshFingerprint(line(type)), `${number} 2 ${createHash('sha256').update(key).digest('hex')}`)
  })
}

const none: Record<string, string> = {
  nothing: '',
  'a type without a number': line('sk-ssh-ed25519@openssh.com'),
  'a key of another type than it says': line('ssh-ed25519', 'ssh-rsa'),
  'a type without a key': 'ssh-ed25519',
  'a private key': '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n',
}

for (const [title, text] of Object.entries(none)) {
  t.test(`no fingerprint: ${title}`, async t => {
    t.equal(sshFingerprint(text), undefined)
  })
}
