import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../testing/free-port.ts'
import { median } from '../testing/fuzz.ts'
import { withFiles } from '../testing/site-files.ts'
import { readByTftp } from '../testing/tftp-client.ts'
import { startTftpProcess } from '../testing/tftp-process.ts'

const ROUNDS = 6
const OURS = 'fai-classes'
const PEER = 'atftpd'
const BLOCK_SIZE = 1468
const WINDOWS = [1, 4, 16, 64]
const MIB = 1024 * 1024

/** How many clients read at once, and how much each of them: the one as much as an initrd may have. */
const LOADS = [
  { clients: 1, bytes: 64 * MIB },
  { clients: 50, bytes: 4 * MIB },
] as const

/** dnsmasq knows no other port than 69, so it has an address of its own. */
const DNSMASQ_HOST = '127.0.0.69'

type Server = {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly process: ChildProcess
}
type Figures = { readonly mibPerSecond: number; readonly cpuMs: number }

/**
 * Reads of files over loopback beside atftpd and dnsmasq, the servers in turn, all with the same client, which checks
 * every octet. Shows octets a second, as the client sees it, and the CPU time of the server.
 */
export const run = (): Promise<void> => {
  const contents = LOADS.map(({ bytes }) => randomBytes(bytes))
  const files = Object.fromEntries(contents.map((content, index) => [`file${index}`, content]))
  return withFiles(files, async root => {
    const servers = [await startOurs(root), await startAtftpd(root), startDnsmasq(root)]
    try {
      await delay(1000)
      const ratios: number[] = []
      for (const [index, { clients }] of LOADS.entries()) {
        for (const windowSize of WINDOWS) {
          const load = { name: `file${index}`, content: contents[index] as Buffer, clients, windowSize }
          ratios.push(await compare(servers, load))
        }
      }
      const shown = ratios.map(ratio => ratio.toFixed(2)).join(', ')
      process.stdout.write(`tftp: ${shown} of ${PEER} (octets a second, median of ${ROUNDS})\n`)
    } finally {
      for (const server of servers) server.process.kill()
    }
  })
}

type Load = {
  readonly name: string
  readonly content: Buffer
  readonly clients: number
  readonly windowSize: number
}

/** The table of one load, and our ratio to the peer: the median of those of each round, in which all have the same machine. */
const compare = async (servers: readonly Server[], load: Load): Promise<number> => {
  const rounds: (readonly Figures[])[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const figures = await measureAll(servers, load, round)
    // The first round fills the caches.
    if (round > 0) rounds.push(figures)
  }
  const peer = servers.findIndex(({ name }) => name === PEER)
  const medianOf = (figure: (round: readonly Figures[]) => number): number => median(rounds.map(figure))
  const ratios = servers.map((_, index) =>
    medianOf(round => mibPerSecondOf(round, index) / mibPerSecondOf(round, peer)),
  )
  process.stdout.write(`${load.clients} x ${load.content.length / MIB} MiB, windowsize ${load.windowSize}\n`)
  servers.forEach(({ name }, index) => {
    const rate = `${medianOf(round => mibPerSecondOf(round, index))
      .toFixed(1)
      .padStart(8)} MiB/s`
    const ratio = (ratios[index] ?? Number.NaN).toFixed(2).padStart(8)
    const cpuMs = medianOf(round => round[index]?.cpuMs ?? Number.NaN)
    process.stdout.write(`  ${name.padEnd(12)}${rate}${ratio}${cpuMs.toFixed(0).padStart(8)} ms CPU\n`)
  })
  return ratios[servers.findIndex(({ name }) => name === OURS)] ?? Number.NaN
}

const mibPerSecondOf = (round: readonly Figures[], index: number): number =>
  round[index]?.mibPerSecond ?? Number.NaN

/** The figures in the order of the servers; who is first is another one in each round. */
const measureAll = async (
  servers: readonly Server[],
  load: Load,
  round: number,
): Promise<readonly Figures[]> => {
  const figures: Figures[] = []
  for (let turn = 0; turn < servers.length; turn++) {
    const index = (round + turn) % servers.length
    figures[index] = await measure(servers[index] as Server, load)
  }
  return figures
}

const measure = async (server: Server, { name, content, clients, windowSize }: Load): Promise<Figures> => {
  const read = async (): Promise<void> => {
    let at = 0
    await readByTftp({
      ...server,
      name,
      options: { blksize: BLOCK_SIZE, windowsize: windowSize },
      take: payload => {
        if (payload.compare(content, at, at + payload.length) !== 0)
          throw new Error(`${server.name}: octet ${at}`)
        at += payload.length
      },
    })
    if (at !== content.length) throw new Error(`${server.name}: ${at} octets of ${content.length}`)
  }
  const cpuBefore = cpuMsOf(server)
  const start = performance.now()
  await Promise.all(Array.from({ length: clients }, read))
  const seconds = (performance.now() - start) / 1000
  return { mibPerSecond: (clients * content.length) / MIB / seconds, cpuMs: cpuMsOf(server) - cpuBefore }
}

/** User and system time of a process, in milliseconds: fields 14 and 15, in ticks of 10 ms (proc(5)). */
const cpuMsOf = ({ process: { pid } }: Server): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

const startOurs = async (root: string): Promise<Server> => {
  const { port, child } = await startTftpProcess(root)
  return { name: OURS, host: '127.0.0.1', port, process: child }
}

const startAtftpd = async (root: string): Promise<Server> => {
  const port = await freePort()
  const words = [
    '--daemon',
    '--no-fork',
    '--user',
    'root.root',
    '--logfile',
    '/dev/null',
    '--maxthread',
    '200',
  ]
  const place = ['--bind-address', '127.0.0.1', '--port', String(port), root]
  return {
    name: PEER,
    host: '127.0.0.1',
    port,
    process: spawn('atftpd', [...words, ...place], { stdio: 'ignore' }),
  }
}

/** It ignores `windowsize`, so its figures are those of a window of 1. */
const startDnsmasq = (root: string): Server => {
  const words = ['--no-daemon', '--conf-file=/dev/null', '--port=0', '--pid-file=', '--user=root']
  const place = [
    '--bind-interfaces',
    `--listen-address=${DNSMASQ_HOST}`,
    '--enable-tftp',
    `--tftp-root=${root}`,
  ]
  const child = spawn('dnsmasq', [...words, ...place, '--tftp-max=200'], { stdio: 'ignore' })
  return { name: 'dnsmasq', host: DNSMASQ_HOST, port: 69, process: child }
}
