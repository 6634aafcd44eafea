import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuMsOfTree } from '../testing/cpu-time.ts'
import { FLEET_APEX, FLEET_KEY, fleetHost } from '../testing/dns-fleet.ts'
import { median } from '../testing/fuzz.ts'
import { KNOT } from '../testing/knot.ts'
import { NAMED } from '../testing/named-secondary.ts'
import { NSD } from '../testing/nsd.ts'
import { runProgram } from '../testing/run-program.ts'
import { type SecondaryKind, startSecondary } from '../testing/secondary-server.ts'
import { type ServerProcess, startServerProcess } from '../testing/server-process.ts'

const ROUNDS = 5
const SECONDS = 5
const HOSTS = 10_000
const OURS = 'fai-classes'
const PEER = 'named'
/** Each with one worker, and the zone that it has from us by transfer. */
const CARRIERS: readonly SecondaryKind[] = [NAMED, KNOT, NSD]
/** As it is configured where nothing is said: the names are many, so none is asked for that often. */
const RESPONSES_PER_SECOND = 50

type Server = {
  readonly name: string
  readonly port: number
  readonly pid: number
  readonly stop: () => Promise<unknown>
}
type Figures = { readonly perSecond: number; readonly lost: number; readonly cpuUsEach: number }

/**
 * Questions for 10,000 hosts by dnsperf, beside named, Knot and NSD that carry the same zone, the servers in turn. Shows answers
 * a second, and the CPU time of the server for each: where a machine has few cores, dnsperf takes its part of them.
 */
export const run = async (): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'bench-dns-'))
  const questions = join(directory, 'questions')
  writeFileSync(questions, questionsInTurn())
  const servers: Server[] = []
  try {
    const ours = await startServerProcess('serve-dns.ts', [String(HOSTS), String(RESPONSES_PER_SECOND)])
    servers.push({ name: OURS, port: ours.port, pid: ours.child.pid ?? 0, stop: ours.stop })
    for (const kind of CARRIERS) servers.push(await startCarrier(kind, ours))
    show(servers, await measureAll(servers, questions))
  } finally {
    for (const server of servers) await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Every host once, in an order in which no two neighbours are neighbours. */
const questionsInTurn = (): string =>
  Array.from({ length: HOSTS }, (_, i) => {
    const [short] = fleetHost((i * 7919) % HOSTS).split('.')
    return `${short}.${FLEET_APEX} TXT\n`
  }).join('')

const startCarrier = async (kind: SecondaryKind, { port }: ServerProcess): Promise<Server> => {
  const server = await startSecondary(kind, { zone: FLEET_APEX, primaryPort: port, key: FLEET_KEY })
  await server.untilSerial(1)
  return { name: kind.name, port: server.port, pid: server.pid(), stop: server.stop }
}

const measureAll = async (servers: readonly Server[], questions: string): Promise<readonly Figures[][]> => {
  const figures = servers.map((): Figures[] => [])
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, server] of servers.entries()) {
      const measured = await measure(server, questions)
      // The first round fills the caches.
      if (round > 0) figures[index]?.push(measured)
    }
  }
  return figures
}

const measure = async ({ name, port, pid }: Server, questions: string): Promise<Figures> => {
  const before = cpuMsOfTree(pid)
  const words = [
    '-s',
    '127.0.0.1',
    '-p',
    String(port),
    '-d',
    questions,
    '-l',
    String(SECONDS),
    '-c',
    '10',
    '-q',
    '200',
  ]
  const report = await runProgram('dnsperf', words)
  const [completed, lost, perSecond] = [
    /Queries completed: +(\d+)/,
    /Queries lost: +(\d+)/,
    /Queries per second: +([\d.]+)/,
  ].map(pattern => Number(pattern.exec(report)?.[1]))
  const right = Number(/NOERROR (\d+) \(100\.00%\)/.exec(report)?.[1])
  if (completed === undefined || right !== completed)
    throw new Error(`${name} does not answer right:\n${report}`)
  const cpuUsEach = ((cpuMsOfTree(pid) - before) * 1000) / completed
  return { perSecond: perSecond ?? Number.NaN, lost: lost ?? Number.NaN, cpuUsEach }
}

const show = (servers: readonly Server[], figures: readonly (readonly Figures[])[]): void => {
  const middle = figures.map(runs => ({
    perSecond: median(runs.map(({ perSecond }) => perSecond)),
    cpuUsEach: median(runs.map(({ cpuUsEach }) => cpuUsEach)),
    lost: runs.reduce((sum, { lost }) => sum + lost, 0),
  }))
  const of = (name: string) => middle[servers.findIndex(server => server.name === name)]
  process.stdout.write(`${' '.repeat(14)}answers/s     ratio  CPU us each     ratio  lost\n`)
  for (const [index, { name }] of servers.entries()) {
    const { perSecond = Number.NaN, cpuUsEach = Number.NaN, lost = Number.NaN } = middle[index] ?? {}
    const ratios = [
      perSecond / (of(PEER)?.perSecond ?? Number.NaN),
      cpuUsEach / (of(PEER)?.cpuUsEach ?? Number.NaN),
    ]
    const [rate, cpu] = ratios.map(ratio => ratio.toFixed(2).padStart(10))
    process.stdout.write(
      `${name.padEnd(12)}${perSecond.toFixed(0).padStart(11)}${rate}${cpuUsEach.toFixed(1).padStart(13)}${cpu}${String(lost).padStart(6)}\n`,
    )
  }
  const ratio = (of(OURS)?.perSecond ?? Number.NaN) / (of(PEER)?.perSecond ?? Number.NaN)
  process.stdout.write(`dns: ${ratio.toFixed(2)}x ${PEER} (answers a second, median of ${ROUNDS})\n`)
}
