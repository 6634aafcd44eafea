import type { Hardware } from '../inspect/hardware.ts'
import type { NetworkCard } from '../inspect/network.ts'

/** What is read of a machine for task `inventory`. */
export type Inventory = Hardware & { readonly cards: readonly NetworkCard[] }

/** What makers write where they have nothing to say. */
const NOTHING = /^$|^(not |n\/a)|to be filled|123456789|^(system (product name|version|serial number)|none)$/i

/** `key: value` lines, as FAI's task `inventory` has them: board, firmware, processors, memory, network cards, disks. Pure. */
export const formatInventory = (inventory: Inventory): readonly string[] => {
  const { dmi, cpuinfo, memoryBytes, disks, cards, firmware } = inventory
  const processors = [...cpuinfo.matchAll(/^model name\s*:\s*(.*)$/gm)].map(([, name = '']) => name.trim())
  return [
    ...Object.entries(dmi)
      .filter(([name, value]) => /^(board|bios|product|sys|chassis)_/.test(name) && !NOTHING.test(value))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}: ${value}`),
    `firmware: ${firmware}`,
    `RAMSIZE: ${inGibibytes(memoryBytes)}`,
    ...(processors[0] === undefined ? [] : [`CPU: ${processors[0]}`]),
    `Number of CPU/Cores: ${processors.length}`,
    ...cards.flatMap(({ name, mac, addresses }) => [
      `Network interface: ${name}`,
      `MAC address: ${mac}`,
      ...addresses.map(address => `IP address: ${address}`),
    ]),
    ...disks.map(({ name, sizeBytes, model, serial }, index) =>
      [`disk${index + 1}: ${name} [${inGibibytes(sizeBytes)}]`, model, serial && `serial ${serial}`]
        .filter(part => part !== '')
        .join(' '),
    ),
  ]
}

const inGibibytes = (bytes: number): string => `${Math.round((bytes / 2 ** 30) * 10) / 10} GiB`
