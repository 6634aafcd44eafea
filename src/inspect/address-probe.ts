import type { ReadCommand } from './runner.ts'

/** An address that is asked, and for whom. */
export type ProbedAddress = {
  readonly address: string
  /** MAC of the machine that is to get it: its own answer is none. */
  readonly mac: string
  /** Whether the address is on the wire of our interface, and not behind a relay. */
  readonly isLocal: boolean
}

/** Whether a machine answers at an address. Never rejects. */
export type AddressProbe = (asked: ProbedAddress) => Promise<boolean>

/** How a probe is made. */
export type ProbeSetting = {
  readonly kind: 'arping' | 'ping'
  readonly interface: string
  readonly run: ReadCommand
  readonly signal: AbortSignal
  /** Takes a line for people. */
  readonly warn: (line: string) => void
}

/**
 * A probe by a program of Debian's `iputils-arping` or `iputils-ping`, which waits a second for an answer. Undefined where the
 * program is not there, which is said; an address that cannot be asked counts as one that does not answer, and that is said too.
 */
export const openAddressProbe = async (setting: ProbeSetting): Promise<AddressProbe | undefined> => {
  const { kind, run, signal, warn } = setting
  try {
    await run([kind, '-V'], signal)
  } catch {
    warn(`program ${kind} is not there: no address is probed before it is offered (serve.dhcp.probe)`)
    return undefined
  }
  return async ({ address, mac, isLocal }) => {
    // ARP ends at the wire.
    if (kind === 'arping' && !isLocal) return false
    try {
      const argv = kind === 'arping' ? arpingOf(setting, address) : pingOf(setting, address)
      return isAnswered(await run(argv, signal, [1]), mac)
    } catch (error) {
      warn(`${address} could not be probed: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  }
}

/** `-D`: asks as RFC 5227 wants it, from no address, so that nobody learns a wrong one. */
const arpingOf = ({ interface: name }: ProbeSetting, address: string): readonly [string, ...string[]] => [
  'arping',
  ...['-D', '-I', name, '-c', '1', '-w', '1', address],
]

const pingOf = ({ interface: name }: ProbeSetting, address: string): readonly [string, ...string[]] => [
  'ping',
  ...['-n', '-I', name, '-c', '1', '-W', '1', address],
]

/**
 * Whether the output of `arping` or `ping` tells of an answer by another machine. Pure.
 *
 *     Unicast reply from 192.0.2.9 [52:54:00:00:00:09]  0.641ms
 *     64 bytes from 192.0.2.9: icmp_seq=1 ttl=64 time=0.041 ms
 */
export const isAnswered = (output: string, mac: string): boolean => {
  const answers = output.match(/^(?:Unicast|Broadcast) reply from .*|^\d+ bytes from .*/gm) ?? []
  return answers.some(line => !line.toLowerCase().includes(`[${mac}]`))
}
