import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { untilExit } from '../testing/at-exit.ts'
import { median } from '../testing/fuzz.ts'
import { makeNetbootImage } from '../testing/netboot-image.ts'
import { makeNetbootNetwork, type NetbootNetwork, networkCard } from '../testing/netboot-network.ts'
import { startMachine } from '../testing/qemu.ts'
import { runProgram } from '../testing/run-program.ts'
import { startServe } from '../testing/serve-program.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'

const ROUNDS = 3
const LIMIT_SECONDS = 300
const OURS = 'fai-classes'
const PEER = 'dnsmasq, busybox httpd'
const MAC = '52:54:00:12:34:56'
const SERVER = 'http://192.0.2.1:8080'

const CONFIG = `sources: [{ kind: zonefile, zone: example.test, path: example.test.zone }]
serve:
  dhcp: { interface: br0, range: [192.0.2.100, 192.0.2.110], probe: off }
  http: { listen: "192.0.2.1:8080", root: root }
  boot: { cmdline: console=ttyS0, loaders: {} }
  stateDirectory: state
  user: nobody
`
const ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 604800 300
@ IN NS ns1
web01 IN A 192.0.2.11
52-54-00-12-34-56._mac IN PTR web01
`
/** What our script says, but for the token. */
const SCRIPT = `#!ipxe
initrd --name initrd.img ${SERVER}/initrd.img
kernel ${SERVER}/vmlinuz initrd=initrd.img console=ttyS0 FAI_ACTION=install FAI_FLAGS=verbose,reboot BOOTIF=01-52-54-00-12-34-56 hostname=web01
boot
`
const FILES = { 'fai-classes.yaml': CONFIG, 'example.test.zone': ZONE, 'root/boot.ipxe': SCRIPT }

/**
 * From power-on to the installer's first line, an emulated BIOS with iPXE in the ROM of its card, the same kernel and initrd:
 * our `serve`, which looks the machine up and makes a token, and dnsmasq with a web server in turn.
 */
export const run = (): Promise<void> =>
  withFiles(FILES, async directory => {
    await runProgram('chmod', ['755', directory])
    await makeNetbootImage(join(directory, 'root'))
    const network = await makeNetbootNetwork(1)
    const seconds: Record<string, number[]> = { [OURS]: [], [PEER]: [] }
    try {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const ours = await withOurs(directory, network, () => boot(network))
        const peer = await withPeer(directory, network, () => boot(network))
        seconds[OURS]?.push(ours)
        seconds[PEER]?.push(peer)
        process.stderr.write(`round ${round}: ${ours.toFixed(1)} s, ${PEER} ${peer.toFixed(1)} s\n`)
      }
    } finally {
      await network.remove()
    }
    for (const [name, all] of Object.entries(seconds))
      process.stdout.write(`${name.padEnd(24)} ${all.map(each => each.toFixed(1).padStart(6)).join('')} s\n`)
    const ratio = median(seconds[OURS] ?? []) / median(seconds[PEER] ?? [])
    process.stdout.write(`boot: ${ratio.toFixed(2)} of ${PEER} (wall, median of ${ROUNDS})\n`)
  })

const boot = async ({ taps, enter }: NetbootNetwork): Promise<number> => {
  const args = networkCard(taps[0] ?? '', MAC)
  const machine = startMachine({ args, memoryMib: 1536, timeoutSeconds: LIMIT_SECONDS, enter })
  try {
    return (await machine.until(/^fai-classes: installing web01 /m)).seconds
  } finally {
    await machine.stop()
  }
}

type Use = () => Promise<number>

const withOurs = async (directory: string, { enter }: NetbootNetwork, use: Use): Promise<number> => {
  const config = join(directory, 'fai-classes.yaml')
  await runProgram(join(ROOT, 'bin/fai-classes'), ['boot', 'web01', 'install', '--config', config])
  const serve = await startServe(config, enter)
  try {
    return await use()
  } finally {
    await serve.stop()
  }
}

const withPeer = async (directory: string, { enter }: NetbootNetwork, use: Use): Promise<number> => {
  const config = join(directory, 'dnsmasq.conf')
  const lines = [
    'port=0',
    'no-ping',
    'leasefile-ro',
    'interface=br0',
    'bind-interfaces',
    'dhcp-authoritative',
  ]
  const given = [`dhcp-range=192.0.2.100,192.0.2.110`, `dhcp-host=${MAC},192.0.2.11,web01`]
  await writeFile(config, [...lines, ...given, `dhcp-boot=${SERVER}/boot.ipxe`, ''].join('\n'))
  const servers = [
    startServer([...enter, 'dnsmasq', '--keep-in-foreground', `--conf-file=${config}`]),
    startServer([...enter, 'busybox', 'httpd', '-f', '-p', '192.0.2.1:8080', '-h', join(directory, 'root')]),
  ]
  try {
    await delay(1000)
    return await use()
  } finally {
    for (const server of servers) await stopServer(server)
  }
}

const startServer = ([program = '', ...args]: readonly string[]): ChildProcess =>
  untilExit(spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }))

const stopServer = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) throw new Error('a server ended by itself')
  const ended = once(server, 'exit')
  server.kill()
  await ended
}
