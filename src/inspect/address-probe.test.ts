import t from 'tap'
import { isAnswered, openAddressProbe, type ProbeSetting } from './address-probe.ts'
import type { ReadCommand } from './runner.ts'

const MAC = '52:54:00:00:00:09'
const arping = (...macs: readonly string[]): string =>
  [
    'ARPING 192.0.2.9 from 0.0.0.0 br0',
    ...macs.map(mac => `Unicast reply from 192.0.2.9 [${mac}]  0.641ms`),
    'Sent 1 probes (1 broadcast(s))',
    `Received ${macs.length} response(s)`,
  ].join('\n')

t.test('an answer of another machine counts, one of its own does not', async t => {
  t.equal(isAnswered(arping(), MAC), false)
  t.equal(isAnswered(arping('52:54:00:00:00:0A'), MAC), true)
  t.equal(isAnswered(arping('52:54:00:00:00:09'), MAC), false)
  t.equal(isAnswered(arping('52:54:00:00:00:09', '52:54:00:00:00:0A'), MAC), true)
  t.equal(isAnswered('64 bytes from 192.0.2.9: icmp_seq=1 ttl=64 time=0.041 ms\n', MAC), true)
  t.equal(isAnswered('From 192.0.2.1 icmp_seq=1 Destination Host Unreachable\n', MAC), false)
})

const setting = (over: Partial<ProbeSetting>): ProbeSetting & { readonly said: string[] } => {
  const said: string[] = []
  const signal = new AbortController().signal
  return {
    kind: 'arping',
    interface: 'br0',
    run: async () => '',
    signal,
    warn: line => said.push(line),
    said,
    ...over,
  }
}
const asked = { address: '192.0.2.9', mac: MAC, isLocal: true }

t.test('a program that is missing is said, and nothing is probed', async t => {
  const run: ReadCommand = async () => {
    throw new Error('ENOENT')
  }
  const missing = setting({ run })
  t.equal(await openAddressProbe(missing), undefined)
  t.match(missing.said, [/^program arping is not there: no address is probed/])
})

t.test('ARP is not asked of what is behind a relay, ping is', async t => {
  const calls: string[] = []
  const run: ReadCommand = async argv => {
    calls.push(argv.join(' '))
    return ''
  }
  const byArp = await openAddressProbe(setting({ run }))
  const byPing = await openAddressProbe(setting({ run, kind: 'ping' }))
  calls.length = 0
  for (const isLocal of [true, false]) {
    t.equal(await byArp?.({ ...asked, isLocal }), false)
    t.equal(await byPing?.({ ...asked, isLocal }), false)
  }
  t.strictSame(calls, [
    'arping -D -I br0 -c 1 -w 1 192.0.2.9',
    'ping -n -I br0 -c 1 -W 1 192.0.2.9',
    'ping -n -I br0 -c 1 -W 1 192.0.2.9',
  ])
})

t.test('an address that cannot be asked does not answer, and that is said', async t => {
  const run: ReadCommand = async ([, first]) => {
    if (first === '-V') return ''
    throw new Error('Operation not permitted')
  }
  const failing = setting({ run })
  const probe = await openAddressProbe(failing)
  t.equal(await probe?.(asked), false)
  t.strictSame(failing.said, ['192.0.2.9 could not be probed: Operation not permitted'])
})
