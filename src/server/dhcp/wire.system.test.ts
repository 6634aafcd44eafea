import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { clientMessage, toldBy } from '../../testing/dhcp-exchange.ts'
import { dhcpConfig } from '../../testing/dhcp-server.ts'
import {
  type Enter,
  startDhcp,
  startDnsmasq,
  startWireClient,
  type WireClient,
} from '../../testing/dhcp-wire.ts'
import { runProgram } from '../../testing/run-program.ts'
import { makeWires } from '../../testing/wires.ts'
import { encodeOption, OPTIONS } from '../../wire/dhcp/options.ts'
import type { DhcpConfig } from './dhcp-config.ts'

const OURS = '192.0.2.1'
const OTHER = '192.0.2.2'
const LEASE_OF_OTHER = '--dhcp-range=192.0.2.200,192.0.2.210,1h'
const pxe = [
  encodeOption(OPTIONS.vendorClass, 'PXEClient:Arch:00000:UNDI:002001'),
  encodeOption(OPTIONS.clientArchitectures, [0]),
]

const runOn = ([file, ...enter]: Enter, ...argv: readonly string[]): Promise<string> =>
  runProgram(file, [...enter, ...argv])

/** Our server, another machine and a client without an address on one wire, for the time of a test. */
const oneWire = async (t: Test) => {
  const wires = await makeWires({
    server: { eth0: ['near', `${OURS}/24`] },
    other: { eth0: ['near', `${OTHER}/24`] },
    client: { eth0: ['near'] },
  })
  t.teardown(wires.remove)
  const near = await startWireClient(wires.on('client'))
  t.teardown(near.stop)
  return { wires, near }
}

/** The same, and our server runs. */
const withServer = async (t: Test, over: Partial<DhcpConfig> = {}) => {
  const { wires, near } = await oneWire(t)
  const server = await startDhcp(wires.on('server'), {
    config: dhcpConfig(over),
    stateDirectory: t.testdir(),
  })
  t.teardown(() => server.stop())
  return { wires, near, server }
}

/** The same, beside dnsmasq on the other machine. */
const besideDnsmasq = async (t: Test, over: Partial<DhcpConfig>, ...options: readonly string[]) => {
  const { wires, near, server } = await withServer(t, over)
  const dnsmasq = await startDnsmasq(wires.on('other'), LEASE_OF_OTHER, '--no-ping', ...options)
  t.teardown(() => dnsmasq.stop())
  return { wires, near, server, dnsmasq }
}

/** Runs a client through offer and acknowledgement; what it was told in the end. */
const lease = async (near: WireClient, client: number, server = OURS): Promise<string> => {
  const { message: offer } = await near.ask(clientMessage('discover', { client }))
  const requested = offer.yourAddress
  return toldBy(await near.ask(clientMessage('request', { client, server, requested })))
}

t.test('only the interface is served, wherever the default route leads', async t => {
  const wires = await makeWires({
    server: { eth0: ['near', `${OURS}/24`], eth1: ['far', '198.51.100.1/24'] },
    near: { eth0: ['near'] },
    far: { eth0: ['far'] },
  })
  t.teardown(wires.remove)
  await runOn(wires.on('server'), 'ip', 'route', 'add', 'default', 'via', '198.51.100.254')
  const server = await startDhcp(wires.on('server'), { config: dhcpConfig(), stateDirectory: t.testdir() })
  t.teardown(() => server.stop())
  const near = await startWireClient(wires.on('near'))
  t.teardown(near.stop)
  const far = await startWireClient(wires.on('far'))
  t.teardown(far.stop)
  far.tell(clientMessage('discover', { client: 2 }))
  far.tell(clientMessage('discover', { client: 2 }), '198.51.100.1 67')
  t.equal(toldBy(await near.ask(clientMessage('discover', { client: 1 }))), 'offer 192.0.2.100')
  t.equal(toldBy(await near.ask(clientMessage('discover', { client: 3 }))), 'offer 192.0.2.101')
  // What goes to one address leaves by our interface too; the routes know a shorter way to this one.
  await runOn(wires.on('server'), 'ip', 'route', 'add', '192.0.2.77', 'dev', 'eth1')
  near.tell(clientMessage('inform', { client: 4, ciaddr: '192.0.2.77' }))
  await server.line(/00:04 INFORM ack 192\.0\.2\.77/)
  t.strictSame([far.got(), server.lines.filter(line => line.includes('00:00:02'))], [[], []])
})

t.test('kill -9, and a file of leases that is cut: who had an address has it again', async t => {
  const { wires, near } = await oneWire(t)
  const stateDirectory = t.testdir()
  const start = () => startDhcp(wires.on('server'), { config: dhcpConfig(), stateDirectory })
  const killed = await start()
  t.strictSame([await lease(near, 1), await lease(near, 2)], ['ack 192.0.2.100', 'ack 192.0.2.101'])
  await killed.stop('SIGKILL')

  const again = await start()
  const reboot = (client: number, requested: string) =>
    near.ask(clientMessage('request', { client, requested })).then(toldBy)
  t.equal(await reboot(1, '192.0.2.100'), 'ack 192.0.2.100')
  t.equal(await reboot(2, '192.0.2.101'), 'ack 192.0.2.101')
  await again.stop()

  const path = join(stateDirectory, 'leases')
  const text = await readFile(path, 'latin1')
  await writeFile(path, text.slice(0, -40))
  const cut = await start()
  t.teardown(() => cut.stop())
  t.match(cut.lines[0], /leases malformed line 4 cut or changed, left out$/)
  t.equal(await reboot(1, '192.0.2.100'), 'ack 192.0.2.100')
  t.equal(await reboot(2, '192.0.2.101'), 'ack 192.0.2.101')
})

t.test('a full pool is silence, for as long as it is full', async t => {
  const { near, server } = await withServer(t)
  for (const client of [1, 2, 3]) t.equal(await lease(near, client), `ack 192.0.2.${99 + client}`)
  near.tell(clientMessage('discover', { client: 4 }))
  await server.line(/00:04 DISCOVER ignored no free address in 192\.0\.2\.0\/24/)
  near.tell(clientMessage('release', { client: 2, server: OURS, ciaddr: '192.0.2.101' }))
  await server.line(/00:02 RELEASE released 192\.0\.2\.101/)
  t.equal(await lease(near, 4), 'ack 192.0.2.101')
})

t.test(
  'two servers on one wire: the one that is chosen gives the address, the other takes its offer back',
  async t => {
    const range = ['192.0.2.100', '192.0.2.100'] as const
    const { near, server, dnsmasq } = await besideDnsmasq(t, { range }, '--dhcp-authoritative')
    near.tell(clientMessage('discover', { client: 1 }))
    await server.line(/00:01 DISCOVER offer 192\.0\.2\.100/)
    const offered = await dnsmasq.line(/DHCPOFFER/)
    const requested = /192\.0\.2\.2\d\d/.exec(offered)?.[0] ?? ''
    near.tell(clientMessage('request', { client: 1, server: OTHER, requested }))
    await server.line(/00:01 REQUEST withdrawn 192\.0\.2\.100, another server was chosen/)
    await dnsmasq.line(/DHCPACK/)
    // The only address that there is was taken back, and is acknowledged where we are chosen.
    near.tell(clientMessage('discover', { client: 2 }))
    await server.line(/00:02 DISCOVER offer 192\.0\.2\.100/)
    near.tell(clientMessage('request', { client: 2, server: OURS, requested: '192.0.2.100' }))
    await server.line(/00:02 REQUEST ack 192\.0\.2\.100/)
    const told = (await near.gotFrom(OURS, 3)).map(toldBy)
    t.strictSame(told, ['offer 192.0.2.100', 'offer 192.0.2.100', 'ack 192.0.2.100'])
  },
)

t.test('beside a server that gives addresses a proxy says what to boot, on both of its ports', async t => {
  const over = { mode: 'proxy', range: undefined } as const
  const { wires, near, server, dnsmasq } = await besideDnsmasq(t, over)
  near.tell(clientMessage('discover', { options: pxe, broadcast: true }))
  await server.line(/DISCOVER offer undionly\.kpxe/)
  const address = /192\.0\.2\.2\d\d/.exec(await dnsmasq.line(/DHCPOFFER/))?.[0] ?? ''
  near.tell(clientMessage('request', { server: OTHER, requested: address, options: pxe, broadcast: true }))
  const dnsmasqs = await near.gotFrom(OTHER, 2)
  t.strictSame(dnsmasqs.map(toldBy), [`offer ${address}`, `ack ${address}`])
  await runOn(wires.on('client'), 'ip', 'address', 'add', `${address}/24`, 'dev', 'eth0')
  const request = clientMessage('request', { ciaddr: address, options: pxe })
  const { message, port } = await near.ask(request, `${OURS} 4011`)
  t.strictSame(
    [toldBy({ message }), message.nextServer, message.bootFile, port],
    ['ack 0.0.0.0', OURS, 'undionly.kpxe', 4011],
  )
  const ours = await near.gotFrom(OURS, 2)
  t.strictSame(ours.map(toldBy), ['offer 0.0.0.0', 'ack 0.0.0.0'])
})

t.test('an address that somebody uses is not offered, by arping and by ping', async t => {
  const { wires, near } = await oneWire(t)
  await runOn(wires.on('other'), 'ip', 'address', 'add', '192.0.2.100/32', 'dev', 'eth0')
  for (const probe of ['arping', 'ping'] as const) {
    const server = await startDhcp(wires.on('server'), {
      config: dhcpConfig({ probe }),
      stateDirectory: join(t.testdir({ arping: {}, ping: {} }), probe),
    })
    try {
      t.equal(await lease(near, 1), 'ack 192.0.2.101')
      t.match(
        await server.line(/DISCOVER/),
        /DISCOVER offer 192\.0\.2\.101, 192\.0\.2\.100 is used by a machine without a lease$/,
      )
    } finally {
      await server.stop()
    }
  }
})

t.test('an interface that was down is served again', async t => {
  const { wires, near } = await withServer(t)
  t.equal(await lease(near, 1), 'ack 192.0.2.100')
  await runOn(wires.on('server'), 'ip', 'link', 'set', 'eth0', 'down')
  await runOn(wires.on('server'), 'ip', 'link', 'set', 'eth0', 'up')
  await wires.settled()
  t.equal(await lease(near, 2), 'ack 192.0.2.101')
})
