import t from 'tap'
import { configSchema } from '../config/schema.ts'
import { planUpdates } from './plan-registration.ts'

const request = { fqdn: 'web01.example.test', addresses: ['192.0.2.11'], remove: false }
const registerOf = (more: object) => {
  const { register } = configSchema.parse({
    sources: [{ kind: 'deps', path: 'class' }],
    register: { server: '127.0.0.1:53', zone: 'example.test', reverse: ['2.0.192.in-addr.arpa'], ...more },
  })
  if (register === undefined) throw new Error('no register')
  return register
}

t.test('one update a zone', async t => {
  const { value, diagnostics } = planUpdates(registerOf({}), request, [])
  t.strictSame(
    value?.map(({ zone }) => zone),
    ['example.test', '2.0.192.in-addr.arpa'],
  )
  t.strictSame(diagnostics, [])
})

t.test('SSHFP records that are wanted and not registered are warned of', async t => {
  const { value, diagnostics } = planUpdates(registerOf({ records: ['A', 'PTR', 'SSHFP'] }), request, [])
  t.equal(value?.length, 2)
  t.match(diagnostics, [{ severity: 'warning', code: 'register-unsupported' }])
})

t.test('a host without a full name is registered nowhere', async t => {
  const { value, diagnostics } = planUpdates(registerOf({}), { ...request, fqdn: undefined }, [])
  t.equal(value, undefined)
  t.match(diagnostics, [{ severity: 'error', code: 'name-invalid' }])
})
