import t from 'tap'
import { isSecretName, MASK, maskVariables, secretMasker } from './mask-secrets.ts'

const names: Record<string, boolean> = {
  ROOTPW: true,
  LOGPASSWD: true,
  DB_PASSWORD: true,
  db_secret_key: true,
  multipw: true,
  HOSTNAME: false,
  PWD: false,
}

for (const [name, want] of Object.entries(names)) {
  t.test(`${name} is ${want ? 'a' : 'no'} secret`, async t => t.equal(isSecretName(name), want))
}

t.test('values are masked wherever they stand, the longest first', async t => {
  const mask = secretMasker({ APW: 'horse', BPW: 'correct horse', NAME: 'plain' })
  t.equal(mask('a correct horse and a horse, plain'), `a ${MASK} and a ${MASK}, plain`)
})

t.test('lines of a secret are secrets, short values only by their name', async t => {
  const mask = secretMasker({ KEY_SECRET: 'first line\nsecond line', PW: 'x' })
  t.equal(mask('second line of x'), `${MASK} of x`)
  t.strictSame(maskVariables({ PW: 'x', A: 'b' }), { PW: MASK, A: 'b' })
})

t.test('password hashes are masked without a variable', async t => {
  const mask = secretMasker({})
  t.equal(mask('root:$y$j9T$abcdefgh$ijklmnop:19000'), `root:${MASK}:19000`)
  t.equal(mask('costs $5 or $6'), 'costs $5 or $6')
})
