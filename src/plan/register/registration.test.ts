import t from 'tap'
import { formatDiagnostic } from '../../diagnostic/format.ts'
import { matchGolden } from '../../testing/golden.ts'
import { planRegistration, planRemoval, type Registration } from './registration.ts'
import { type Change, formatChange, formatPrerequisite, type ZoneUpdate } from './update.ts'

const config: Registration['config'] = {
  zone: 'example.test',
  reverse: ['2.0.192.in-addr.arpa', '8.b.d.0.1.0.0.2.ip6.arpa'],
  ttlSeconds: 300,
  records: ['A', 'AAAA', 'PTR'],
}
const web01: Registration = {
  fqdn: 'Web01.example.test',
  addresses: ['192.0.2.11', '2001:DB8::11'],
  previous: ['192.0.2.11', '192.0.2.10'],
  config,
}

const render = (updates: readonly ZoneUpdate[] | undefined): string =>
  (updates ?? [])
    .flatMap(({ zone, title, attempts, refusal }) => [
      `zone ${zone}: ${title}`,
      ...attempts.flatMap(({ text, prerequisites, changes }) => [
        `  ${text}`,
        ...prerequisites.map(prerequisite => `    if ${formatPrerequisite(prerequisite)}`),
        ...changes.map(change => `    ${formatChange(change)}`),
      ]),
      `  else ${refusal}`,
    ])
    .join('\n')

t.test('the messages of a registration', async t => {
  const { value, diagnostics } = planRegistration(web01)
  t.strictSame(diagnostics, [])
  await matchGolden(t, 'fixtures/plan/register/expected.txt', `${render(value)}\n`)
})

t.test('the messages of a removal', async t => {
  const { value, diagnostics } = planRemoval(web01)
  t.strictSame(diagnostics, [])
  await matchGolden(t, 'fixtures/plan/register/removal.txt', `${render(value)}\n`)
})

const zonesOf = (updates: readonly ZoneUpdate[] | undefined): string[] | undefined =>
  updates?.map(({ zone }) => zone)

const cases: Record<string, { change: Partial<Registration>; zones?: string[]; said?: string[] }> = {
  'no PTR configured: the forward zone alone': {
    change: { config: { ...config, records: ['A', 'AAAA'] } },
    zones: ['example.test'],
  },
  'an address without a reverse zone gets no PTR record, with a warning': {
    change: { config: { ...config, reverse: ['2.0.192.in-addr.arpa'] }, previous: [] },
    zones: ['example.test', '2.0.192.in-addr.arpa'],
    said: ['warning reverse-zone-missing'],
  },
  'the most specific reverse zone': {
    change: {
      addresses: ['192.0.2.11'],
      previous: [],
      config: { ...config, reverse: ['192.in-addr.arpa', '2.0.192.in-addr.arpa'] },
    },
    zones: ['example.test', '2.0.192.in-addr.arpa'],
  },
  'a type that is not configured is not registered': {
    change: { config: { ...config, records: ['A', 'PTR'] }, previous: [] },
    zones: ['example.test', '2.0.192.in-addr.arpa'],
  },
  'more than three addresses in a reverse zone make a second message': {
    change: { addresses: ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'], previous: [] },
    zones: ['example.test', '2.0.192.in-addr.arpa', '2.0.192.in-addr.arpa'],
  },
  'an address twice counts once': {
    change: { addresses: ['2001:db8::11', '2001:DB8:0::11'], previous: [] },
    zones: ['example.test', '8.b.d.0.1.0.0.2.ip6.arpa'],
  },
  'no address': { change: { addresses: [] }, said: ['error address-unknown'] },
  'no address of a configured type': {
    change: { addresses: ['2001:db8::11'], config: { ...config, records: ['A'] } },
    said: ['error address-unknown'],
  },
  'a text that is no address': { change: { addresses: ['web01'] }, said: ['error address-unknown'] },
  'a host outside the zone': { change: { fqdn: 'web01.example.org' }, said: ['error name-invalid'] },
}

for (const [title, { change, zones, said = [] }] of Object.entries(cases)) {
  t.test(title, async t => {
    const { value, diagnostics } = planRegistration({ ...web01, ...change })
    t.strictSame(zonesOf(value), zones)
    t.strictSame(
      diagnostics.map(({ severity, code }) => `${severity} ${code}`),
      said,
    )
  })
}

t.test('a message names the host and the option', async t => {
  const { diagnostics } = planRegistration({ ...web01, fqdn: 'web01.example.org' })
  t.strictSame(diagnostics.map(formatDiagnostic), [
    'error name-invalid: register: web01.example.org is not in the zone example.test that register writes to',
  ])
  t.match(planRemoval({ ...web01, fqdn: 'web01.example.org' }), {
    value: undefined,
    diagnostics: [{ code: 'name-invalid' }],
  })
})

t.test('nothing is ever deleted without a prerequisite that says it is ours', async t => {
  const updates = [planRegistration(web01), planRemoval(web01)].flatMap(({ value }) => value ?? [])
  const isDeletion = ({ kind }: Change): boolean => kind === 'delete-rrset'
  const deleting = updates
    .flatMap(({ attempts }) => attempts)
    .filter(({ changes }) => changes.some(isDeletion))
  t.ok(deleting.length > 4)
  for (const { prerequisites, changes } of deleting) {
    for (const { owner } of changes.filter(isDeletion)) {
      const guard = prerequisites.find(
        prerequisite => prerequisite.owner === owner && prerequisite.kind === 'rrset-equals',
      )
      t.match(guard, { data: [{ type: /^(DHCID|PTR)$/ }] })
    }
  }
})
