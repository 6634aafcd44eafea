import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { isDirectory, namesIn } from '../inspect/folder.ts'
import type { ProgramSetting } from './image-programs.ts'
import { type Card, type Lease, parseLease } from './lease.ts'
import type { NetbootParameters } from './netboot-parameters.ts'

/** A network card of this machine. */
export type FoundCard = Card & { readonly hasCarrier: boolean }

/** A network that is up. */
export type Network = { readonly card: Card; readonly lease: Lease; readonly allCards: readonly string[] }

/**
 * The card to use; undefined where it is not there, or not yet. Pure.
 *
 *     ethdevice   BOOTIF    card
 *     given       any       the one of that name
 *     none        given     the one with that MAC
 *     none        none      the first with a carrier, by name
 */
export const chooseCard = (
  cards: readonly FoundCard[],
  { device, mac }: Pick<NetbootParameters, 'device' | 'mac'>,
): FoundCard | undefined => {
  if (device !== undefined) return cards.find(({ name }) => name === device)
  if (mac !== undefined) return cards.find(card => card.mac === mac)
  return cards.find(({ hasCarrier }) => hasCarrier)
}

/** Where a driver is loaded late, and a switch is slow to let anybody through. */
const CARD_SECONDS = 60
const LEASE_ROUNDS = 4
const LEASE_FILE = '/run/fai-classes/lease'
const LEASE_SCRIPT = '/usr/lib/fai-classes/lease.sh'

/** Brings the network up by DHCP on the card that is to be used; an `EnvironmentError` says why there is none. */
export const bringUpNetwork = async (
  parameters: Pick<NetbootParameters, 'device' | 'mac'>,
  setting: ProgramSetting,
): Promise<Network> => {
  const card = await waitForCard(parameters, setting)
  for (let round = 1; round <= LEASE_ROUNDS; round++) {
    // It goes on by itself in the background and renews the lease.
    const argv = ['busybox', 'udhcpc', '-i', card.name, '-s', LEASE_SCRIPT, '-t', '5', '-T', '3', '-n', '-S']
    const { exitCode } = await setting.run({ argv, timeoutSeconds: 60 }, setting.signal)
    if (exitCode !== 0) continue
    const lease = parseLease(await readFile(LEASE_FILE, 'utf8'))
    return { card, lease, allCards: (await readCards()).map(({ name }) => name) }
  }
  throw new EnvironmentError(`no DHCP server answered on ${card.name} (${card.mac})`)
}

const waitForCard = async (
  parameters: Pick<NetbootParameters, 'device' | 'mac'>,
  { run, signal }: ProgramSetting,
): Promise<Card> => {
  const up = new Set<string>()
  for (let waited = 0; ; waited++) {
    const cards = await readCards()
    for (const { name } of cards) {
      if (up.has(name)) continue
      up.add(name)
      // Only then is it known whether there is a carrier.
      await run({ argv: ['ip', 'link', 'set', name, 'up'] }, signal)
    }
    const chosen = chooseCard(await readCards(), parameters)
    if (chosen !== undefined) return chosen
    if (waited >= CARD_SECONDS) throw new EnvironmentError(await noCard(cards, parameters, { run, signal }))
    await delay(1000, undefined, { signal })
  }
}

const noCard = async (
  cards: readonly FoundCard[],
  { device, mac }: Pick<NetbootParameters, 'device' | 'mac'>,
  { run, signal }: ProgramSetting,
): Promise<string> => {
  const wanted = device ?? mac ?? 'a carrier'
  const found = cards.map(({ name, mac: address }) => `${name} (${address})`).join(', ') || 'none'
  const { stdout } = await run({ argv: ['dmesg'] }, signal)
  const firmware = stdout.split('\n').filter(line => /firmware.*(fail|not found|error)/i.test(line))
  return [`no network card with ${wanted} (found ${found})`, ...firmware.slice(0, 8)].join('\n  ')
}

const CARDS = '/sys/class/net'

/** Those with a device behind them: no loopback, bridge or tunnel. */
const readCards = async (): Promise<readonly FoundCard[]> => {
  const cards: FoundCard[] = []
  for (const name of await namesIn(CARDS)) {
    const folder = join(CARDS, name)
    if (!(await isDirectory(join(folder, 'device')))) continue
    const text = async (file: string): Promise<string> =>
      (await readFile(join(folder, file), 'utf8').catch(() => '')).trim()
    cards.push({ name, mac: await text('address'), hasCarrier: (await text('carrier')) === '1' })
  }
  return cards
}
