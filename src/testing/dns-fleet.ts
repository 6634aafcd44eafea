import type { TsigKey } from '../model/tsig-key.ts'
import { type PublishedZone, type PublishedZoneConfig, publishZone } from '../server/dns/published-zone.ts'
import { type HeldLists, heldLists, listOf } from './held-lists.ts'
import { randomFrom } from './random.ts'

/** The zone that tests and benchmarks publish. */
export const FLEET_APEX = 'fai.example.test'

/** Of whoever may have all of it. */
export const FLEET_KEY: TsigKey = {
  name: 'fleet.example.test',
  algorithm: 'hmac-sha256',
  secret: Buffer.alloc(32, 7),
}

const CLASSES = Array.from({ length: 500 }, (_, i) => `ROLE_${String(i).padStart(3, '0')}`)
const CLASSES_OF_HOST = 20

/** The full name of a host of the fleet. */
export const fleetHost = (index: number): string => `host${String(index).padStart(5, '0')}.example.test`

/** Lists of so many hosts, 23 classes each; the same each time. */
export const fleetLists = (hosts: number): HeldLists => {
  const random = randomFrom(20261122)
  return heldLists(
    Object.fromEntries(
      Array.from({ length: hosts }, (_, index) => {
        const name = fleetHost(index)
        return [name, listOf(name.replace(/\..*$/, ''), ...random.sample(CLASSES, CLASSES_OF_HOST))]
      }),
    ),
  )
}

/** Lists as a zone. */
export const fleetZone = (lists: HeldLists, over: Partial<PublishedZoneConfig> = {}): PublishedZone => {
  let serial = 0
  return publishZone(lists, {
    apex: FLEET_APEX,
    primary: 'ns.example.test',
    mailbox: 'hostmaster.example.test',
    nameServers: ['ns.example.test'],
    ttlSeconds: 300,
    sourceApexes: ['example.test'],
    takeSerial: () => ++serial,
    ...over,
  })
}
