import t from 'tap'
import { SourceError } from '../../diagnostic/source-error.ts'
import { toSourceError } from './error.ts'

const failed = (message: string, code?: string | number): Error => Object.assign(new Error(message), { code })
const server = 'ldap://127.0.0.1:3890'

const cases: Record<string, { cause: unknown; message: string; rejected: boolean }> = {
  'a wrong password': {
    cause: failed('x', 49),
    message: 'bind failed: invalidCredentials (result code 49)',
    rejected: true,
  },
  'a size limit': {
    cause: failed('x', 4),
    message: 'bind failed: sizeLimitExceeded (result code 4)',
    rejected: false,
  },
  'a referral': {
    cause: failed('x', 10),
    message: 'bind failed: referral (result code 10)',
    rejected: false,
  },
  'a code of nobody': {
    cause: failed('x', 9999),
    message: 'bind failed: unknown result (result code 9999)',
    rejected: false,
  },
  'nobody listens': {
    cause: failed('connect ECONNREFUSED', 'ECONNREFUSED'),
    message: 'bind failed: connect ECONNREFUSED',
    rejected: false,
  },
  'several addresses, nobody listens': {
    cause: new AggregateError([failed('connect ECONNREFUSED ::1'), failed('connect ECONNREFUSED 127.0.0.1')]),
    message: 'bind failed: connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1',
    rejected: false,
  },
  'a certificate of somebody else': {
    cause: failed('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'),
    message: 'bind failed: self-signed certificate in certificate chain',
    rejected: true,
  },
  'a certificate for another name': {
    cause: failed("Hostname/IP does not match certificate's altnames", 'ERR_TLS_CERT_ALTNAME_INVALID'),
    message: "bind failed: Hostname/IP does not match certificate's altnames",
    rejected: true,
  },
  'a text on several lines': {
    cause: failed('Socket error.\nreset'),
    message: 'bind failed: Socket error. reset',
    rejected: false,
  },
}

for (const [name, { cause, message, rejected }] of Object.entries(cases)) {
  t.test(name, async t => {
    const error = toSourceError(server, 'bind', cause)
    t.equal(error.message, message)
    t.equal(error.rejected, rejected)
    t.strictSame(error.origin, { kind: 'server', server })
  })
}

t.test('a SourceError is left as it is', async t => {
  const error = new SourceError('x', { kind: 'server', server })
  t.equal(toSourceError(server, 'bind', error), error)
})
