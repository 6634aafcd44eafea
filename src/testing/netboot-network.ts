import { setTimeout } from 'node:timers/promises'
import { namespaceUntilExit } from './at-exit.ts'
import { enterNamespace } from './enter-namespace.ts'
import { runProgram } from './run-program.ts'

/** A wire of a test's own, in a network namespace: a bridge with the server's address, and a tap for each machine. */
export type NetbootNetwork = {
  /** Address of the server, in 192.0.2.0/24, and the interface that has it. */
  readonly address: string
  readonly interface: string
  readonly taps: readonly string[]
  /** Command in front of another that runs it there. */
  readonly enter: readonly string[]
  /** The same with the network's own `/sys`, for what ends soon. */
  readonly enterWithSys: readonly string[]
  /** Takes the namespace away, with all interfaces in it; what runs there must have ended. */
  readonly remove: () => Promise<void>
}

/** No other is given here, so that nobody mistakes them for those of the machine. */
const ADDRESS = '192.0.2.1'
const BRIDGE = 'br0'
const LINK_POLL_MS = 50
let made = 0

/** Makes a network that this many machines can be plugged into. Needs root. */
export const makeNetbootNetwork = async (machines: number): Promise<NetbootNetwork> => {
  const name = `fai-classes-${process.pid}-${++made}`
  const ip = (...args: readonly string[]): Promise<string> => runProgram('ip', ['-netns', name, ...args])
  const forget = namespaceUntilExit(name)
  const remove = async (): Promise<void> => {
    await runProgram('ip', ['netns', 'delete', name])
    forget()
  }
  const taps = Array.from({ length: machines }, (_, index) => `tap${index}`)
  await runProgram('ip', ['netns', 'add', name])
  try {
    await ip('link', 'set', 'lo', 'up')
    // A bridge that listens for others first would lose what firmware sends in its first seconds.
    await ip('link', 'add', BRIDGE, 'type', 'bridge', 'forward_delay', '0')
    await ip('address', 'add', `${ADDRESS}/24`, 'dev', BRIDGE)
    // A bridge on which no machine is switched on would count as unplugged.
    await ip('link', 'add', 'plugged', 'up', 'type', 'veth', 'peer', 'name', 'plug')
    await ip('link', 'set', 'plug', 'master', BRIDGE, 'up')
    await ip('link', 'set', BRIDGE, 'up')
    // The kernel tells a moment later that there is a link.
    while (!(await ip('link', 'show', BRIDGE)).includes('state UP')) await setTimeout(LINK_POLL_MS)
    for (const tap of taps) {
      await ip('tuntap', 'add', tap, 'mode', 'tap')
      await ip('link', 'set', tap, 'master', BRIDGE, 'up')
    }
  } catch (cause) {
    await remove()
    throw cause
  }
  return { address: ADDRESS, interface: BRIDGE, taps, ...entering(name), remove }
}

const entering = (name: string): Pick<NetbootNetwork, 'enter' | 'enterWithSys'> => ({
  enter: enterNamespace(name),
  enterWithSys: ['ip', 'netns', 'exec', name],
})

/**
 * Arguments of a machine that has its network card, virtio, at a tap: with the iPXE of QEMU's ROM, or with no ROM, for firmware
 * that boots from the network by itself.
 */
export const networkCard = (tap: string, mac: string, rom: 'ipxe' | 'none' = 'ipxe'): readonly string[] => [
  ...['-netdev', `tap,id=net0,ifname=${tap},script=no,downscript=no`],
  ...['-device', `virtio-net-pci,netdev=net0,mac=${mac},bootindex=1${rom === 'none' ? ',romfile=' : ''}`],
]
