import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dhcpConfig } from '../testing/dhcp-server.ts'
import { startDhcp, startDnsmasq } from '../testing/dhcp-wire.ts'
import { type LineProgram, startLines } from '../testing/line-program.ts'
import { runToEnd } from '../testing/run-program.ts'
import { makeWires } from '../testing/wires.ts'

const ROUNDS = 3
const SECONDS = 3
const CLIENTS = 5_000
/** Exchanges a second that are begun, one after the other: a server that gets more than it can do ends fewer than it could. */
const BEGUN = [500, 1000, 2000, 4000, 8000]
const SERVER = '10.0.0.1'
const FIRST = '10.0.1.0'
const LAST = '10.0.255.254'

type Enter = readonly [string, ...string[]]
type Contender = {
  readonly name: string
  readonly start: (enter: Enter, directory: string) => Promise<LineProgram>
}

/** As all of them are configured: 65,000 addresses, leases of an hour, kept in a file, nothing asked before an offer. */
const CONTENDERS: readonly Contender[] = [
  {
    name: 'fai-classes',
    start: (enter, directory) =>
      startDhcp(enter, {
        config: dhcpConfig({ range: [FIRST, LAST] }),
        stateDirectory: directory,
        isQuiet: true,
      }),
  },
  {
    name: 'dnsmasq',
    start: enter =>
      startDnsmasq(
        enter,
        ...['--no-ping', '--quiet-dhcp', '--dhcp-authoritative', '--dhcp-lease-max=100000'],
        `--dhcp-range=${FIRST},${LAST},255.255.0.0,1h`,
      ),
  },
  {
    name: 'kea',
    start: async (enter, directory) => {
      const path = join(directory, 'kea.json')
      writeFileSync(path, JSON.stringify(keaConfig(directory)))
      const kea = startLines([
        ...enter,
        ...['env', `KEA_PIDFILE_DIR=${directory}`, `KEA_LOCKFILE_DIR=${directory}`, 'kea-dhcp4', '-c', path],
      ])
      await kea.line(/DHCP4_STARTED/)
      return kea
    },
  },
]

const keaConfig = (directory: string) => ({
  Dhcp4: {
    'interfaces-config': { interfaces: ['eth0'], 'dhcp-socket-type': 'udp' },
    'lease-database': {
      type: 'memfile',
      persist: true,
      name: join(directory, 'leases.csv'),
      'lfc-interval': 0,
    },
    'valid-lifetime': 3600,
    subnet4: [{ subnet: '10.0.0.0/16', pools: [{ pool: `${FIRST} - ${LAST}` }] }],
    loggers: [{ name: 'kea-dhcp4', severity: 'INFO', output_options: [{ output: 'stdout' }] }],
  },
})

/**
 * Whole exchanges of four messages a second, by `perfdhcp` of kea-admin on a wire of its own, beside dnsmasq without its ping and
 * Kea with its file of leases. Ours has each lease synced to the disk before it acknowledges, as dnsmasq has; Kea leaves that to the kernel.
 */
export const run = async (): Promise<void> => {
  const missing = await missingPrograms('perfdhcp', 'dnsmasq', 'kea-dhcp4')
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} missing: apt-get install kea-admin kea-dhcp4-server dnsmasq-base`)
  }
  process.stdout.write(
    `${'begun a second'.padEnd(14)}${BEGUN.map(begun => `${begun}`.padStart(7)).join('')}\n`,
  )
  const rates = CONTENDERS.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, contender] of CONTENDERS.entries()) {
      const ended: number[] = []
      for (const begun of BEGUN) ended.push(await measure(contender, begun))
      rates[index]?.push(Math.max(...ended))
      process.stdout.write(
        `${contender.name.padEnd(14)}${ended.map(rate => rate.toFixed(0).padStart(7)).join('')}\n`,
      )
    }
  }
  const [ours = NaN, ...others] = rates.map(median)
  for (const [index, other] of others.entries()) {
    const { name } = CONTENDERS[index + 1] ?? { name: '' }
    process.stdout.write(
      `dhcp: ${(ours / other).toFixed(2)}x ${name} (most exchanges a second, ${ours.toFixed(0)} beside ${other.toFixed(0)}, median of ${ROUNDS})\n`,
    )
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN

const missingPrograms = async (...names: readonly string[]): Promise<readonly string[]> => {
  const found = await Promise.all(names.map(name => runToEnd('sh', ['-c', `command -v ${name}`])))
  return names.filter((_, index) => found[index]?.code !== 0)
}

/** The exchanges a second that a new server without leases ends, of those that are begun. */
const measure = async ({ start }: Contender, begun: number): Promise<number> => {
  // On the disk, where state directories are: /tmp may be memory.
  const directory = mkdtempSync(join(tmpdir(), 'bench-dhcp-'))
  const wires = await makeWires({
    server: { eth0: ['near', `${SERVER}/16`] },
    clients: { eth0: ['near', '10.0.0.2/16'] },
  })
  try {
    const server = await start(wires.on('server'), directory)
    const [file, ...enter] = wires.on('clients')
    const perfdhcp = [
      'perfdhcp',
      '-4',
      '-l',
      'eth0',
      '-r',
      `${begun}`,
      '-R',
      `${CLIENTS}`,
      '-p',
      `${SECONDS}`,
    ]
    const { stdout } = await runToEnd(file, [...enter, ...perfdhcp, SERVER])
    await server.stop()
    return readReport(stdout)
  } finally {
    await wires.remove()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** `Rate: 5012.3 4-way exchanges/second, expected rate: 20000`. */
const readReport = (report: string): number => {
  const rate = /^Rate: ([\d.]+)/m.exec(report)?.[1]
  if (rate === undefined) throw new Error(`perfdhcp told no rate:\n${report}`)
  return Number(rate)
}
