import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { CAPTURE_FILES, capturedDhcp } from '../../testing/captured-packets.ts'
import { toldBy } from '../../testing/dhcp-exchange.ts'
import { dhcpConfig, dhcpHost } from '../../testing/dhcp-server.ts'
import { startDhcp, startDnsmasq, startWireClient } from '../../testing/dhcp-wire.ts'
import { startLines } from '../../testing/line-program.ts'
import { runProgram } from '../../testing/run-program.ts'
import { makeWires } from '../../testing/wires.ts'
import { decodeMessage } from '../../wire/dhcp/message.ts'
import { decodeOption, OPTIONS } from '../../wire/dhcp/options.ts'

const OURS = '192.0.2.1'
const MAC = '52:54:00:12:34:56'
const TOLD = '$ip $subnet $router $dns $hostname $domain $lease'

/** Our server and a client that is the known host web01; another network behind a relay, for clients that nobody knows. */
const wires = await makeWires({
  server: { eth0: ['near', `${OURS}/24`] },
  client: { eth0: ['near', '', MAC] },
  relay: { eth0: ['near', '192.0.2.2/24'], eth1: ['far', '198.51.100.1/24'] },
  far: { eth0: ['far'] },
})
t.teardown(wires.remove)
const config = dhcpConfig({
  range: ['192.0.2.100', '192.0.2.150'],
  nameServers: ['192.0.2.53'],
  subnets: [
    { network: '198.51.100.0/24', range: ['198.51.100.10', '198.51.100.20'], router: '198.51.100.1' },
  ],
})
const server = await startDhcp(wires.on('server'), {
  config,
  stateDirectory: t.testdir(),
  hosts: { [MAC]: dhcpHost('web01', '192.0.2.10') },
})
t.teardown(() => server.stop())

/** A script for a client, which sets the address it got: only so can it be given back. */
const clientScript = async (directory: string, text: string): Promise<string> => {
  const path = join(directory, 'script')
  await writeFile(path, `#!/bin/sh\n${text}\n`)
  await chmod(path, 0o755)
  return path
}
const UDHCPC = `echo "$1: ${TOLD}"
case $1 in
  bound) ip address add "$ip/24" dev eth0 ;;
  deconfig) ip address flush dev eth0 ;;
esac`
const DHCLIENT = `case $reason in
  BOUND|REBOOT) ip address replace "$new_ip_address/24" dev eth0 ;;
  RELEASE) ip address flush dev eth0 ;;
esac`

t.test('udhcpc gets the address and the name of its host, and gives it back', async t => {
  const script = await clientScript(t.testdir(), UDHCPC)
  const udhcpc = startLines([...wires.on('client'), 'udhcpc', '-i', 'eth0', '-f', '-R', '-s', script])
  const told = await udhcpc.line(/^bound: /)
  t.equal(told.trim(), 'bound: 192.0.2.10 255.255.255.0 192.0.2.254 192.0.2.53 web01 example.test 3600')
  await udhcpc.stop()
  await server.line(/RELEASE released 192\.0\.2\.10$/)
  t.ok(server.lines.includes(`dhcp ${MAC} DISCOVER offer 192.0.2.10 web01`))
})

t.test('dhclient gets an address, comes back with it, and gives it back', async t => {
  const directory = t.testdir()
  const script = await clientScript(directory, DHCLIENT)
  const dhclient = (...options: readonly string[]) =>
    startLines([
      ...wires.on('client'),
      ...['dhclient', '-v', '-sf', script, '-cf', '/dev/null', '-pf', join(directory, 'pid')],
      ...['-lf', join(directory, 'leases'), ...options, 'eth0'],
    ])
  const bind = async (): Promise<readonly string[]> => {
    const from = server.lines.length
    const client = dhclient('-d', '-1')
    t.match(await client.line(/bound to/), /^bound to 192\.0\.2\.10 /)
    await client.stop('SIGKILL')
    await server.line(/REQUEST ack/, from)
    return server.lines.slice(from)
  }
  const [discover] = await bind()
  t.equal(discover, `dhcp ${MAC} DISCOVER offer 192.0.2.10 web01`)
  // It asked for what it had (init-reboot), and not anew.
  t.strictSame(await bind(), [`dhcp ${MAC} REQUEST ack 192.0.2.10 web01`])
  const from = server.lines.length
  const last = dhclient('-r')
  await server.line(/RELEASE released 192\.0\.2\.10$/, from)
  await last.stop()
})

t.test('a client behind dnsmasq as relay gets an address of its own network', async t => {
  const relay = await startDnsmasq(wires.on('relay'), `--dhcp-relay=198.51.100.1,${OURS}`, '--interface=eth1')
  t.teardown(() => relay.stop())
  const script = await clientScript(t.testdir(), UDHCPC)
  const udhcpc = startLines([...wires.on('far'), 'udhcpc', '-i', 'eth0', '-f', '-s', script])
  t.teardown(() => udhcpc.stop())
  const told = await udhcpc.line(/^bound: /)
  t.match(told, /^bound: 198\.51\.100\.10 255\.255\.255\.0 198\.51\.100\.1 192\.0\.2\.53 /)
  await server.line(/REQUEST ack 198\.51\.100\.10, by relay 198\.51\.100\.1$/)
})

t.test('the client of the npm package dhcp gets an address', async t => {
  const program = join(import.meta.dirname, '../../testing/npm-dhcp-client.ts')
  const [file, ...enter] = wires.on('client')
  await runProgram(file, [...enter, 'ip', 'route', 'add', 'default', 'dev', 'eth0'])
  const client = startLines([file, ...enter, process.execPath, program, MAC])
  t.teardown(() => client.stop())
  t.equal(await client.line(/^2 /), '2 192.0.2.10 web01')
  t.equal(await client.line(/^5 /), '5 192.0.2.10 web01')
})

t.test(
  'what real firmware sent is answered as its server then did, with the loader once and then the script',
  async t => {
    const hosts = {
      '52:54:00:00:00:01': dhcpHost('bios', '10.77.0.85'),
      '52:54:00:00:00:02': dhcpHost('pxe', '10.77.0.86'),
      '52:54:00:00:00:03': dhcpHost('http', '10.77.0.87'),
    }
    const lab = await makeWires({ server: { eth0: ['lab', '10.77.0.1/24'] }, client: { eth0: ['lab'] } })
    t.teardown(lab.remove)
    const server = await startDhcp(lab.on('server'), {
      config: dhcpConfig({ range: undefined, unknownHosts: 'ignore' }),
      stateDirectory: t.testdir(),
      hosts,
    })
    t.teardown(() => server.stop())
    const client = await startWireClient(lab.on('client'))
    t.teardown(client.stop)
    const told: string[] = []
    for (const octets of CAPTURE_FILES.flatMap(capturedDhcp)) {
      if (decodeMessage(octets).op === 'reply') continue
      const { message } = await client.ask(octets)
      const file = message.bootFile || decodeOption(message, OPTIONS.bootFileName)
      told.push(`${toldBy({ message })} ${file}`)
    }
    const script = (mac: string): string => `http://192.0.2.1:8080/boot/52-54-00-00-00-${mac}.ipxe`
    const both = (address: string, file: string): readonly string[] => [
      `offer ${address} ${file}`,
      `ack ${address} ${file}`,
    ]
    t.strictSame(told, [
      `offer 10.77.0.85 ${script('01')}`,
      ...both('10.77.0.85', script('01')),
      ...both('10.77.0.87', 'http://192.0.2.1:8080/x64.efi'),
      `offer 10.77.0.87 ${script('03')}`,
      ...both('10.77.0.87', script('03')),
      ...both('10.77.0.86', 'snponly.efi'),
      `offer 10.77.0.86 ${script('02')}`,
      ...both('10.77.0.86', script('02')),
    ])
  },
)
