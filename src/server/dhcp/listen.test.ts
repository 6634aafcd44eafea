import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { capturedDhcp } from '../../testing/captured-packets.ts'
import { clientMessage, toldBy } from '../../testing/dhcp-exchange.ts'
import { dhcpConfig, dhcpHost, fakeDhcp } from '../../testing/dhcp-server.ts'
import { decodeMessage } from '../../wire/dhcp/message.ts'
import { decodeOption, encodeOption, OPTIONS } from '../../wire/dhcp/options.ts'

const OURS = '192.0.2.1'
const MAC = '52:54:00:00:00:01'
const HOUR_MS = 3_600_000
const web01 = dhcpHost('web01', '198.51.100.7', '192.0.2.10')
const pxe = [
  encodeOption(OPTIONS.vendorClass, 'PXEClient:Arch:00000:UNDI:002001'),
  encodeOption(OPTIONS.clientArchitectures, [0]),
]

t.test('a client gets an address, keeps it and gives it back', async t => {
  const dhcp = await fakeDhcp(t.testdir())
  t.equal(toldBy(await dhcp.ask(clientMessage('discover'))), 'offer 192.0.2.100')
  t.equal(dhcp.leases.addressOf(MAC), undefined)
  const chosen = { server: OURS, requested: '192.0.2.100' }
  t.equal(toldBy(await dhcp.ask(clientMessage('request', chosen))), 'ack 192.0.2.100')
  t.equal(dhcp.leases.addressOf(MAC), '192.0.2.100')
  t.equal(dhcp.leases.macAt('192.0.2.100'), MAC)
  t.equal(toldBy(await dhcp.ask(clientMessage('request', { ciaddr: '192.0.2.100' }))), 'ack 192.0.2.100')
  await dhcp.ask(clientMessage('request', { server: '192.0.2.2', requested: '192.0.2.200' }))
  t.equal(dhcp.leases.addressOf(MAC), '192.0.2.100', 'whatever it takes from another server')
  await dhcp.ask(clientMessage('release', { server: OURS, ciaddr: '192.0.2.100' }))
  t.equal(dhcp.leases.addressOf(MAC), undefined)
  t.strictSame(dhcp.lines, [
    `dhcp ${MAC} DISCOVER offer 192.0.2.100`,
    `dhcp ${MAC} REQUEST ack 192.0.2.100`,
    `dhcp ${MAC} REQUEST ack 192.0.2.100`,
    `dhcp ${MAC} REQUEST ignored for another server`,
    `dhcp ${MAC} RELEASE released 192.0.2.100`,
  ])
  await dhcp.close()
})

t.test('a lease is on the disk when its client is told of it, and ends', async t => {
  const directory = t.testdir()
  const dhcp = await fakeDhcp(directory)
  await dhcp.ask(clientMessage('discover'))
  await dhcp.ask(clientMessage('request', { server: OURS, requested: '192.0.2.100' }))
  t.match(
    await readFile(join(directory, 'leases'), 'latin1'),
    /"192\.0\.2\.100","client":"52:54:00:00:00:01"/,
  )
  // Not closed: this is what a server finds whose predecessor was killed.
  const next = await fakeDhcp(directory, {}, { now: dhcp.clock.now + HOUR_MS - 1 })
  t.equal(next.leases.addressOf(MAC), '192.0.2.100')
  t.equal(toldBy(await next.ask(clientMessage('discover', { client: 2 }))), 'offer 192.0.2.101')
  next.clock.now += 1
  t.equal(next.leases.addressOf(MAC), undefined)
  await dhcp.close()
  await next.close()
})

t.test('a known host gets its own address on this network, its name and what it boots', async t => {
  const dhcp = await fakeDhcp(t.testdir(), { identify: async () => web01 })
  const offer = await dhcp.ask(clientMessage('discover', { options: pxe }))
  t.equal(toldBy(offer), 'offer 192.0.2.10')
  const message = offer?.message ?? clientMessage('nak')
  t.equal(decodeOption(message, OPTIONS.hostName), 'web01')
  t.equal(decodeOption(message, OPTIONS.domainName), 'example.test')
  t.strictSame([message.nextServer, message.bootFile], ['192.0.2.1', 'undionly.kpxe'])
  t.strictSame(dhcp.lines, [`dhcp ${MAC} DISCOVER offer 192.0.2.10 web01 undionly.kpxe`])
  await dhcp.close()
})

t.test('an address of the pool that is the own one of a host is never leased to another', async t => {
  const own = new Set(['192.0.2.100'])
  const dhcp = await fakeDhcp(t.testdir(), {
    identify: async ({ mac }) => (mac === MAC ? dhcpHost('web02', '192.0.2.100') : 'unknown'),
    isReserved: async address => own.has(address),
  })
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 2 }))), 'offer 192.0.2.101')
  await dhcp.ask(clientMessage('request', { client: 2, server: OURS, requested: '192.0.2.101' }))
  t.equal(toldBy(await dhcp.ask(clientMessage('discover'))), 'offer 192.0.2.100')
  // The administrator gives the address of a client to a host.
  own.add('192.0.2.101')
  t.equal(
    toldBy(await dhcp.ask(clientMessage('request', { client: 2, ciaddr: '192.0.2.101' }))),
    'nak 0.0.0.0',
  )
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 2 }))), 'offer 192.0.2.102')
  t.strictSame(
    dhcp.lines.at(0),
    'dhcp 52:54:00:00:00:02 DISCOVER offer 192.0.2.101, 192.0.2.100 is the own address of a host',
  )
  await dhcp.close()
})

t.test('an unknown client is ignored, whatever it asks, where unknown hosts are', async t => {
  const dhcp = await fakeDhcp(t.testdir(), { config: dhcpConfig({ unknownHosts: 'ignore' }) })
  const answers = [
    await dhcp.ask(clientMessage('discover')),
    await dhcp.ask(clientMessage('request', { requested: '198.51.100.7' })),
    await dhcp.ask(clientMessage('inform', { ciaddr: '192.0.2.50' })),
  ]
  t.strictSame(answers.map(toldBy), ['silence', 'silence', 'silence'])
  t.strictSame(new Set(dhcp.lines.map(line => line.replace(/^.* ignored /, ''))), new Set(['not known']))
  await dhcp.close()
})

t.test('while the sources are down nobody is answered but who renews', async t => {
  let isDown = false
  const identify = async () => {
    if (isDown) throw new Error('dns example.test: no answer')
    return web01
  }
  const dhcp = await fakeDhcp(t.testdir(), { identify })
  await dhcp.ask(clientMessage('discover'))
  await dhcp.ask(clientMessage('request', { server: OURS, requested: '192.0.2.10' }))
  isDown = true
  t.equal(toldBy(await dhcp.ask(clientMessage('discover'))), 'silence')
  const renewed = await dhcp.ask(clientMessage('request', { ciaddr: '192.0.2.10', options: pxe }))
  t.equal(toldBy(renewed), 'ack 192.0.2.10')
  t.strictSame([renewed?.message.bootFile, renewed?.to], ['', { address: '192.0.2.10', port: 68 }])
  t.equal(toldBy(await dhcp.ask(clientMessage('request', { ciaddr: '192.0.2.11' }))), 'silence')
  t.equal(toldBy(await dhcp.ask(clientMessage('request', { client: 2, ciaddr: '192.0.2.10' }))), 'silence')
  t.strictSame(dhcp.lines.slice(2, 4), [
    `dhcp ${MAC} DISCOVER failed dns example.test: no answer`,
    `dhcp ${MAC} REQUEST ack 192.0.2.10, the sources cannot be read`,
  ])
  await dhcp.close()
})

t.test('an address that answers is kept from all, and the next one is tried', async t => {
  const asked: string[] = []
  const probe = async ({ address }: { address: string }): Promise<boolean> => {
    asked.push(address)
    return address === '192.0.2.100'
  }
  const dhcp = await fakeDhcp(t.testdir(), { probe, config: dhcpConfig({ probe: 'arping' }) })
  t.equal(toldBy(await dhcp.ask(clientMessage('discover'))), 'offer 192.0.2.101')
  await dhcp.ask(clientMessage('request', { server: OURS, requested: '192.0.2.101' }))
  await dhcp.ask(clientMessage('discover'))
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 2 }))), 'offer 192.0.2.102')
  t.strictSame(asked, ['192.0.2.100', '192.0.2.101', '192.0.2.102'])
  t.match(dhcp.lines[0], /offer 192\.0\.2\.101, 192\.0\.2\.100 is used by a machine without a lease$/)
  await dhcp.close()
})

t.test('a full pool: silence and a line; what ran out is given again, to its client first', async t => {
  const dhcp = await fakeDhcp(t.testdir())
  for (const client of [1, 2, 3]) {
    const requested = `192.0.2.${99 + client}`
    await dhcp.ask(clientMessage('discover', { client }))
    t.equal(
      toldBy(await dhcp.ask(clientMessage('request', { client, server: OURS, requested }))),
      `ack ${requested}`,
    )
  }
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 4 }))), 'silence')
  t.equal(
    dhcp.lines.at(-1),
    'dhcp 52:54:00:00:00:04 DISCOVER ignored no free address in 192.0.2.0/24, no address for this client',
  )
  dhcp.clock.now += HOUR_MS
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 2 }))), 'offer 192.0.2.101')
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 4 }))), 'offer 192.0.2.100')
  await dhcp.close()
})

t.test('a declined address is kept from all for a time, and a lease for another server ends', async t => {
  const dhcp = await fakeDhcp(t.testdir())
  await dhcp.ask(clientMessage('discover'))
  await dhcp.ask(clientMessage('request', { server: OURS, requested: '192.0.2.100' }))
  await dhcp.ask(clientMessage('decline', { server: OURS, requested: '192.0.2.100' }))
  t.equal(toldBy(await dhcp.ask(clientMessage('discover'))), 'offer 192.0.2.101')
  await dhcp.ask(clientMessage('request', { server: '192.0.2.2', requested: '192.0.2.50' }))
  t.equal(
    toldBy(await dhcp.ask(clientMessage('discover', { client: 2, requested: '192.0.2.101' }))),
    'offer 192.0.2.101',
  )
  t.strictSame(dhcp.lines.slice(2, 5), [
    `dhcp ${MAC} DECLINE declined 192.0.2.100 is used by another machine`,
    `dhcp ${MAC} DISCOVER offer 192.0.2.101`,
    `dhcp ${MAC} REQUEST withdrawn 192.0.2.101, another server was chosen`,
  ])
  await dhcp.close()
})

t.test('a relay: its network decides, the answer goes to it, and what it said comes back', async t => {
  const subnets = [
    { network: '198.51.100.0/24', range: ['198.51.100.10', '198.51.100.20'], router: '198.51.100.1' },
  ] as const
  const dhcp = await fakeDhcp(t.testdir(), { config: dhcpConfig({ subnets }) })
  const said = encodeOption(OPTIONS.relayAgent, [{ code: 1, octets: Buffer.from('eth1') }])
  const offer = await dhcp.ask(clientMessage('discover', { giaddr: '198.51.100.1', options: [said] }))
  t.equal(toldBy(offer), 'offer 198.51.100.10')
  t.strictSame(offer?.to, { address: '198.51.100.1', port: 67 })
  const message = offer?.message ?? clientMessage('nak')
  t.strictSame(decodeOption(message, OPTIONS.routers), ['198.51.100.1'])
  t.strictSame(
    decodeOption(message, OPTIONS.relayAgent)?.map(({ code }) => code),
    [1],
  )
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { giaddr: '203.0.113.1' }))), 'silence')
  await dhcp.ask(
    clientMessage('request', { giaddr: '198.51.100.1', server: OURS, requested: '198.51.100.10' }),
  )
  // Who renews asks us, not the relay.
  const renewed = await dhcp.ask(clientMessage('request', { ciaddr: '198.51.100.10' }))
  t.strictSame([toldBy(renewed), renewed?.to.address], ['ack 198.51.100.10', '198.51.100.10'])
  await dhcp.close()
})

t.test(
  'the firmware of a machine and what it boots are one client, whatever identifiers they send',
  async t => {
    const dhcp = await fakeDhcp(t.testdir())
    const identifier = (hex: string) => ({
      options: [encodeOption(OPTIONS.clientIdentifier, Buffer.from(hex, 'hex'))],
    })
    const offers = [
      await dhcp.ask(clientMessage('discover')),
      await dhcp.ask(clientMessage('discover', identifier('01525400000001'))),
      await dhcp.ask(clientMessage('discover', identifier('ff0000000100010001'))),
    ]
    t.strictSame(new Set(offers.map(toldBy)), new Set(['offer 192.0.2.100']))
    await dhcp.close()
  },
)

t.test('on a full disk nobody is acknowledged, and all is well when there is room', async t => {
  let isFull = false
  const noRoom = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const { open } = await import('node:fs/promises')
  const directory = t.testdir()
  const dhcp = await fakeDhcp(directory, {
    openFile: async (path, flags, mode) => {
      const file = await open(path, flags, mode)
      return {
        appendFile: async text => {
          // Half of it fits.
          await file.appendFile(isFull ? text.slice(0, text.length / 2) : text)
          if (isFull) throw noRoom
        },
        datasync: () => file.datasync(),
        close: () => file.close(),
      }
    },
  })
  await dhcp.ask(clientMessage('discover'))
  isFull = true
  const chosen = { server: OURS, requested: '192.0.2.100' }
  t.equal(toldBy(await dhcp.ask(clientMessage('request', chosen))), 'silence')
  t.equal(
    dhcp.lines.at(-1),
    `dhcp ${MAC} REQUEST failed leases cannot be written to ${directory}/leases: ENOSPC: no space left on device, write`,
  )
  isFull = false
  t.equal(toldBy(await dhcp.ask(clientMessage('request', chosen))), 'ack 192.0.2.100')
  const next = await fakeDhcp(directory, {}, dhcp.clock)
  t.strictSame([next.leases.addressOf(MAC), next.lines], ['192.0.2.100', []])
  await dhcp.close()
  await next.close()
})

t.test('one message of a client at a time, and a bounded number of all', async t => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  let asked = 0
  const identify = async () => {
    asked += 1
    await held
    return web01
  }
  const dhcp = await fakeDhcp(t.testdir(), { identify })
  const first = dhcp.ask(clientMessage('discover'))
  t.equal(asked, 1)
  const others = Array.from({ length: 999 }, (_, index) =>
    dhcp.ask(clientMessage('discover', { client: index + 2 })),
  )
  t.equal(asked, 1000)
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 2000 }))), 'silence')
  t.equal(asked, 1000)
  t.match(dhcp.lines, [/DISCOVER ignored too many messages at once/])
  letGo()
  await Promise.all([first, ...others])
  await dhcp.close()
})

t.test('what is malformed is one line, with nothing of it unescaped', async t => {
  const dhcp = await fakeDhcp(t.testdir())
  dhcp.hear(Buffer.from('\x1b[2J'))
  t.equal(dhcp.lines[0], 'dhcp 192.0.2.77 packet malformed message is shorter than its header at octet 4')
  const name = { code: 12, octets: Buffer.from('a\n\x1b[2J\x9b"', 'latin1') }
  await dhcp.ask(clientMessage('discover', { options: [name] }))
  t.equal(dhcp.lines[1], `dhcp ${MAC} DISCOVER offer 192.0.2.100 "a\\n\\u001b[2J\\u009b\\""`)
  await dhcp.ask(clientMessage('discover', { options: [{ code: 57, octets: Buffer.of(1) }] }))
  t.match(dhcp.lines[2], /DISCOVER malformed .* at octet/)
  await dhcp.close()
})

t.test('a damaged line of the file of leases is left out and said', async t => {
  const directory = t.testdir()
  const dhcp = await fakeDhcp(directory)
  await dhcp.ask(clientMessage('discover'))
  await dhcp.ask(clientMessage('request', { server: OURS, requested: '192.0.2.100' }))
  await dhcp.close()
  await appendFile(join(directory, 'leases'), '00000000 {"address":"192.0.2.101"}\nabc')
  const next = await fakeDhcp(directory, {}, dhcp.clock)
  t.strictSame(next.lines, [
    `dhcp ${directory}/leases leases malformed line 2 and 1 more cut or changed, left out`,
  ])
  t.equal(next.leases.addressOf(MAC), '192.0.2.100')
  await next.close()
})

t.test('a changed configuration is taken, and what the sources said is asked again', async t => {
  const own = new Set(['192.0.2.100'])
  const dhcp = await fakeDhcp(t.testdir(), { isReserved: async address => own.has(address) })
  t.equal(toldBy(await dhcp.ask(clientMessage('discover'))), 'offer 192.0.2.101')
  await dhcp.ask(clientMessage('request', { server: OURS, requested: '192.0.2.101' }))
  own.clear()
  dhcp.reread(dhcpConfig({ range: ['192.0.2.100', '192.0.2.101'], leaseSeconds: 60 }))
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 2 }))), 'offer 192.0.2.100')
  t.equal(toldBy(await dhcp.ask(clientMessage('discover', { client: 3 }))), 'silence')
  const renewed = await dhcp.ask(clientMessage('request', { ciaddr: '192.0.2.101' }))
  t.equal(decodeOption(renewed?.message ?? clientMessage('nak'), OPTIONS.leaseSeconds), 60)
  await dhcp.close()
})

t.test('a proxy says what to boot, to those who boot, and gives no address', async t => {
  const dhcp = await fakeDhcp(t.testdir(), { config: dhcpConfig({ mode: 'proxy' }) })
  const [discover = Buffer.alloc(0)] = capturedDhcp('uefi-pxe-ovmf')
  const firmware = decodeMessage(discover)
  const offer = await dhcp.ask(firmware)
  t.equal(toldBy(offer), 'offer 0.0.0.0')
  t.strictSame(
    [offer?.to, offer?.message.nextServer],
    [{ address: '255.255.255.255', port: 68 }, '192.0.2.1'],
  )
  const request = clientMessage('request', { ciaddr: '192.0.2.77', options: pxe })
  const ack = await dhcp.ask(request, 4011)
  t.strictSame([toldBy(ack), ack?.to, ack?.port], ['ack 0.0.0.0', { address: '192.0.2.77', port: 68 }, 4011])
  t.equal(toldBy(await dhcp.ask(request)), 'silence')
  t.equal(toldBy(await dhcp.ask(clientMessage('discover'))), 'silence')
  t.equal(dhcp.leases.addressOf(MAC), undefined)
  await dhcp.close()
})
