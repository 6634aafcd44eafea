import t from 'tap'
import { formatDiagnostic } from '../../diagnostic/format.ts'
import { reverseName } from '../../model/reverse-name.ts'
import { matchGolden } from '../../testing/golden.ts'
import type { Pointer } from './pointer.ts'
import { planRegistration, planRemoval, type Registration } from './registration.ts'
import { type Change, formatPrerequisite, type ZoneUpdate } from './update.ts'

const IPV4 = '2.0.192.in-addr.arpa'
const IPV6 = '8.b.d.0.1.0.0.2.ip6.arpa'
const pointer = (address: string, zone: string): Pointer => ({
  address,
  owner: reverseName(address) ?? '',
  zone,
})
const config: Registration['config'] = {
  zone: 'example.test',
  ttlSeconds: 300,
  records: ['A', 'AAAA', 'PTR', 'SSHFP'],
}
const unknown: Registration = {
  fqdn: 'Web01.example.test',
  addresses: ['192.0.2.11', '2001:DB8::11'],
  registered: undefined,
  pointers: [pointer('192.0.2.11', IPV4), pointer('192.0.2.10', IPV4), pointer('2001:db8::11', IPV6)],
  config,
}
const fresh: Registration = { ...unknown, registered: { addresses: [], isOurs: false } }
const moving: Registration = {
  ...unknown,
  registered: { addresses: ['192.0.2.10', '2001:db8::11'], isOurs: true },
  fingerprints: [`4 2 ${'a8'.repeat(32)}`],
}

const formatChange = (change: Change): string =>
  change.kind === 'add'
    ? `add ${change.owner} ${change.ttlSeconds} ${change.data.type} ${change.data.text}`
    : `delete ${change.owner} ${change.type}`

const render = (updates: readonly ZoneUpdate[] | undefined): string =>
  (updates ?? [])
    .flatMap(({ zone, title, attempts, refusal, isGate }) => [
      `zone ${zone}: ${title}`,
      ...attempts.flatMap(({ text, prerequisites, changes }) => [
        `  ${text}`,
        ...prerequisites.map(prerequisite => `    if ${formatPrerequisite(prerequisite)}`),
        ...changes.map(change => `    ${formatChange(change)}`),
      ]),
      `  else ${refusal}`,
      ...(isGate ? ['  and nothing behind it'] : []),
    ])
    .join('\n')

for (const [name, registration] of Object.entries({ unknown, fresh, moving })) {
  t.test(`the messages of a registration and of a removal: ${name}`, async t => {
    const planned = planRegistration(registration)
    t.strictSame(planned.diagnostics, [])
    await matchGolden(t, `fixtures/plan/register/${name}/expected.txt`, `${render(planned.value)}\n`)
    const removed = planRemoval(registration)
    t.strictSame(removed.diagnostics, [])
    await matchGolden(t, `fixtures/plan/register/${name}/removal.txt`, `${render(removed.value)}\n`)
  })
}

const only = (records: Registration['config']['records']) => ({ ...config, records })
const cases: Record<string, { change: Partial<Registration>; zones?: string[]; said?: string[] }> = {
  'a new name: the forward zone first': { change: {}, zones: ['example.test', IPV4, IPV6] },
  'the name is ours and gives up an address: its zone before the forward zone': {
    change: { registered: moving.registered },
    zones: [IPV4, 'example.test', IPV6],
  },
  "another's name: its addresses are not given up": {
    change: { registered: { addresses: ['192.0.2.10'], isOurs: false }, addresses: ['2001:db8::11'] },
    zones: ['example.test', IPV6],
  },
  'no PTR configured: the forward zone alone': {
    change: { config: only(['A', 'AAAA']) },
    zones: ['example.test'],
  },
  'an address without a pointer gets no PTR record': {
    change: { pointers: [pointer('192.0.2.11', IPV4)] },
    zones: ['example.test', IPV4],
  },
  'a type that is not configured is neither registered nor given up': {
    change: {
      config: only(['A', 'PTR']),
      registered: { addresses: ['192.0.2.11', '2001:db8::11'], isOurs: true },
    },
    zones: ['example.test', IPV4],
  },
  'more than three addresses in a reverse zone make a second message': {
    change: {
      addresses: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'],
      pointers: [1, 2, 3, 4].map(host => pointer(`192.0.2.${host}`, IPV4)),
    },
    zones: ['example.test', IPV4, IPV4],
  },
  'an address twice counts once': {
    change: { addresses: ['2001:db8::11', '2001:DB8:0::11'] },
    zones: ['example.test', IPV6],
  },
  'no address': { change: { addresses: [] }, said: ['error address-unknown'] },
  'no address of a configured type': {
    change: { addresses: ['2001:db8::11'], config: only(['A']) },
    said: ['error address-unknown'],
  },
  'a text that is no address': { change: { addresses: ['web01'] }, said: ['error address-unknown'] },
  'a host outside the zone': { change: { fqdn: 'web01.example.org' }, said: ['error name-invalid'] },
}

for (const [title, { change, zones, said = [] }] of Object.entries(cases)) {
  t.test(title, async t => {
    const { value, diagnostics } = planRegistration({ ...fresh, ...change })
    t.strictSame(
      value?.map(({ zone }) => zone),
      zones,
    )
    t.strictSame(
      diagnostics.map(({ severity, code }) => `${severity} ${code}`),
      said,
    )
  })
}

t.test('what is registered already is said so, in whichever order the server answers', async t => {
  const registered = { addresses: ['2001:db8::11', '192.0.2.11'], isOurs: true }
  const { value } = planRegistration({ ...unknown, registered })
  t.equal(
    value?.[0]?.attempts[0]?.text,
    'web01.example.test is registered with 192.0.2.11, 2001:db8::11, as before',
  )
})

t.test('keys of a host are not written where SSHFP is not configured', async t => {
  const { value } = planRegistration({ ...moving, config: only(['A', 'AAAA']) })
  t.notMatch(render(value), 'SSHFP')
})

t.test('a message names the host and the option', async t => {
  const { diagnostics } = planRegistration({ ...fresh, fqdn: 'web01.example.org' })
  t.strictSame(diagnostics.map(formatDiagnostic), [
    'error name-invalid: register: web01.example.org is not in the zone example.test that register writes to',
  ])
  t.match(planRemoval({ ...fresh, fqdn: 'web01.example.org' }), {
    value: undefined,
    diagnostics: [{ code: 'name-invalid' }],
  })
})

t.test('nothing is ever deleted without a prerequisite that says it is ours', async t => {
  const updates = [unknown, fresh, moving]
    .flatMap(each => [planRegistration(each), planRemoval(each)])
    .flatMap(({ value }) => value ?? [])
  const isDeletion = ({ kind }: Change): boolean => kind === 'delete-rrset'
  const deleting = updates
    .flatMap(({ attempts }) => attempts)
    .filter(({ changes }) => changes.some(isDeletion))
  t.ok(deleting.length > 8)
  for (const { prerequisites, changes } of deleting) {
    for (const { owner } of changes.filter(isDeletion)) {
      const guard = prerequisites.find(
        prerequisite => prerequisite.owner === owner && prerequisite.kind === 'rrset-equals',
      )
      t.match(guard, { data: [{ type: /^(DHCID|PTR)$/ }] })
    }
  }
})
