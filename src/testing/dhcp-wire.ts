import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DhcpMessage, decodeMessage, encodeMessage } from '../wire/dhcp/message.ts'
import type { PlacedOption } from '../wire/dhcp/option-field.ts'
import type { DhcpProgramSetting } from './dhcp-program.ts'
import { type LineProgram, startLines } from './line-program.ts'

/** A command in front of another, which runs that on a machine of `makeWires`. */
export type Enter = readonly [string, ...string[]]

const programOf = (name: string): string => join(import.meta.dirname, name)

/** Starts our server on a machine; resolves once it listens. */
export const startDhcp = async (enter: Enter, setting: DhcpProgramSetting): Promise<LineProgram> => {
  const server = startLines([
    ...enter,
    process.execPath,
    programOf('dhcp-program.ts'),
    JSON.stringify(setting),
  ])
  return ready(server)
}

const ready = async (program: LineProgram): Promise<LineProgram> => {
  try {
    await program.line(/^ready$/)
    return program
  } catch (error) {
    await program.stop()
    throw error
  }
}

/** Starts dnsmasq on a machine, without DNS; resolves once it runs. */
export const startDnsmasq = async (enter: Enter, ...args: readonly string[]): Promise<LineProgram> => {
  const directory = await mkdtemp(join(tmpdir(), 'dnsmasq-'))
  const dnsmasq = startLines([
    ...enter,
    ...['dnsmasq', '--keep-in-foreground', '--port=0', '--conf-file=/dev/null', '--log-facility=-'],
    ...[`--dhcp-leasefile=${directory}/leases`, '--pid-file', '--user=root', ...args],
  ])
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await dnsmasq.stop(signal)
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await dnsmasq.line(/DHCP/)
  } catch (error) {
    await stop()
    throw error
  }
  return { ...dnsmasq, stop }
}

/** A datagram that a client got. */
export type Got = {
  readonly address: string
  readonly port: number
  readonly message: DhcpMessage<PlacedOption>
}

/** A client that sends messages of its own making. */
export type WireClient = {
  /** Sends a message and gives the first answer to it. */
  readonly ask: (message: DhcpMessage | Buffer, to?: string) => Promise<Got>
  readonly tell: (message: DhcpMessage | Buffer, to?: string) => void
  /** All that came in. */
  readonly got: () => readonly Got[]
  /** What came from a server, once there is so much of it; rejects after `PATIENCE_MS`. */
  readonly gotFrom: (address: string, count: number) => Promise<readonly Got[]>
  readonly stop: () => Promise<void>
}

const EVERYBODY = '255.255.255.255 67'

/** Starts a client on an interface of a machine, at port 68 unless told. */
export const startWireClient = async (enter: Enter, card = 'eth0', port = 68): Promise<WireClient> => {
  const program = startLines([
    ...enter,
    process.execPath,
    programOf('dhcp-client-program.ts'),
    card,
    `${port}`,
  ])
  await ready(program)
  const tell = (message: DhcpMessage | Buffer, to = EVERYBODY): void =>
    program.write(`${to} ${octetsOf(message).toString('hex')}\n`)
  const got = (): readonly Got[] => program.lines.filter(line => / \d+ 02/.test(line)).map(parseGot)
  const gotFrom = async (address: string, count: number): Promise<readonly Got[]> => {
    await program.line(new RegExp(`^${address.replaceAll('.', '\\.')} \\d+ 02`), 0, count)
    return got().filter(each => each.address === address)
  }
  return {
    tell,
    ask: async (message, to) => {
      const from = program.lines.length
      const transaction = octetsOf(message).toString('hex', 4, 8)
      tell(message, to)
      return parseGot(await program.line(new RegExp(`^\\S+ \\d+ 02.{6}${transaction}`), from))
    },
    got,
    gotFrom,
    stop: () => program.stop(),
  }
}

const octetsOf = (message: DhcpMessage | Buffer): Buffer =>
  Buffer.isBuffer(message) ? message : encodeMessage(message).octets

const parseGot = (line: string): Got => {
  const [address = '', port = '', hex = ''] = line.split(' ')
  return { address, port: Number(port), message: decodeMessage(Buffer.from(hex, 'hex')) }
}
