import { setTimeout as delay } from 'node:timers/promises'
import { namespaceUntilExit } from './at-exit.ts'
import { enterNamespace } from './enter-namespace.ts'
import { runProgram } from './run-program.ts'

/** A machine of a test: its interfaces, each with the wire it is on, perhaps with an address such as `192.0.2.1/24`, and a MAC. */
export type WiredMachine = Readonly<Record<string, readonly [wire: string, address?: string, mac?: string]>>

/** Machines that are network namespaces, on wires of their own. */
export type Wires<M extends string> = {
  /** Command in front of another that runs it on a machine. */
  readonly on: (machine: M) => readonly [string, ...string[]]
  /** Resolves once every wire carries what is sent, as they do when they are made. */
  readonly settled: () => Promise<void>
  /** Takes all of it away; what runs there must have ended. */
  readonly remove: () => Promise<void>
}

const LINK_POLL_MS = 20
let made = 0

/** Makes machines and the wires between them. Needs root. */
export const makeWires = async <M extends string>(
  machines: Readonly<Record<M, WiredMachine>>,
): Promise<Wires<M>> => {
  const mark = `fai-classes-${process.pid}-${++made}`
  const hub = `${mark}-hub`
  const nameOf = (machine: string): string => `${mark}-${machine}`
  const names = Object.keys(machines) as M[]
  const forget = [hub, ...names.map(nameOf)].map(namespaceUntilExit)
  const remove = async (): Promise<void> => {
    for (const name of [...names.map(nameOf), hub]) await runProgram('ip', ['netns', 'delete', name])
    for (const each of forget) each()
  }
  for (const name of [hub, ...names.map(nameOf)]) {
    await runProgram('ip', ['netns', 'add', name])
    await runProgram('ip', ['-netns', name, 'link', 'set', 'lo', 'up'])
  }
  const settled = async (): Promise<void> => {
    while (!(await doAllForward(hub))) await delay(LINK_POLL_MS)
  }
  try {
    await plugIn(machines, hub, nameOf)
    await settled()
  } catch (cause) {
    await remove()
    throw cause
  }
  return { on: machine => enterNamespace(nameOf(machine)), settled, remove }
}

/** The kernel has a port of a bridge forward a moment after there is a link at its other end. */
const doAllForward = async (hub: string): Promise<boolean> =>
  !/ state (?!forwarding)/.test(await runProgram('bridge', ['-netns', hub, 'link']))

const plugIn = async (
  machines: Readonly<Record<string, WiredMachine>>,
  hub: string,
  nameOf: (machine: string) => string,
): Promise<void> => {
  const ip = (namespace: string, ...args: readonly string[]): Promise<string> =>
    runProgram('ip', ['-netns', namespace, ...args])
  const plugs = Object.entries(machines).flatMap(([machine, cards]) =>
    Object.entries(cards).map(([card, [wire, address, mac]]) => ({
      name: nameOf(machine),
      card,
      wire,
      address,
      mac,
    })),
  )
  for (const wire of new Set(plugs.map(plug => plug.wire))) {
    // A bridge that listens for others first would lose the first seconds.
    await ip(hub, 'link', 'add', wire, 'type', 'bridge', 'forward_delay', '0')
    await ip(hub, 'link', 'set', wire, 'up')
  }
  for (const [index, { name, card, wire, address, mac }] of plugs.entries()) {
    const port = `port${index}`
    await ip(hub, 'link', 'add', port, 'type', 'veth', 'peer', 'name', card, 'netns', name)
    if (mac !== undefined) await ip(name, 'link', 'set', card, 'address', mac)
    await ip(hub, 'link', 'set', port, 'master', wire, 'up')
    await ip(name, 'link', 'set', card, 'up')
    if (address) await ip(name, 'address', 'add', address, 'dev', card)
  }
}
