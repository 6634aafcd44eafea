import t from 'tap'
import { configSchema } from '../config/schema.ts'
import { connectionOf, planUpdates, registrationOf } from './plan-registration.ts'

const request = { fqdn: 'web01.example.test', addresses: ['192.0.2.11'], remove: false }
const registerOf = (more: object) => {
  const { register } = configSchema.parse({
    sources: [{ kind: 'deps', path: 'class' }],
    register: { server: '127.0.0.1:53', zone: 'example.test', reverse: ['2.0.192.in-addr.arpa'], ...more },
  })
  if (register === undefined) throw new Error('no register')
  return register
}

const state = {
  registered: { addresses: [], isOurs: false },
  pointers: [
    {
      address: '192.0.2.11',
      owner: '11.2.0.192.in-addr.arpa',
      zone: '2.0.192.in-addr.arpa',
      connection: { server: { host: '127.0.0.1', port: 54 } },
    },
  ],
}

t.test('one update a zone', async t => {
  const { value, diagnostics } = planUpdates({ register: registerOf({}) }, request, state, undefined)
  t.strictSame(
    value?.map(({ zone }) => zone),
    ['example.test', '2.0.192.in-addr.arpa'],
  )
  t.strictSame(diagnostics, [])
})

t.test('a host without a full name is registered nowhere', async t => {
  const nameless = { ...request, fqdn: undefined }
  const { value, diagnostics } = planUpdates({ register: registerOf({}) }, nameless, state, undefined)
  t.equal(value, undefined)
  t.match(diagnostics, [{ severity: 'error', code: 'name-invalid' }])
})

const answer = { host: { short: 'web01', fqdn: 'web01.example.test' }, addresses: ['192.0.2.11'] }
const own = ['192.0.2.13']

t.test('addresses given go before those of the entry, and these before those of the machine', async t => {
  t.strictSame(registrationOf(answer, ['192.0.2.12'], own).addresses, ['192.0.2.12'])
  t.strictSame(registrationOf(answer, [], own).addresses, ['192.0.2.11'])
  t.strictSame(registrationOf({ ...answer, addresses: [] }, [], own).addresses, own)
  t.strictSame(registrationOf({ ...answer, addresses: [] }, []).addresses, [])
})

t.test('a zone is changed at its own server', async t => {
  const forward = { server: { host: '127.0.0.1', port: 53 } }
  const serverOf = (zone: string) => connectionOf(zone, 'example.test', { ...state, forward })?.server.port
  t.strictSame(['example.test', '2.0.192.in-addr.arpa', 'elsewhere.test'].map(serverOf), [53, 54, undefined])
})
