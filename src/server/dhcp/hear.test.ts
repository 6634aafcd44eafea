import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { CAPTURE_FILES, capturedDhcp } from '../../testing/captured-packets.ts'
import { dhcpConfig, dhcpHost, fakeDhcp } from '../../testing/dhcp-server.ts'
import { type Random, randomFrom, runSeed } from '../../testing/random.ts'

const PACKETS = 2000
const CHANGES = 6
const seed = runSeed()

/** A packet of real firmware with some octets changed, perhaps cut. */
const mutated = (packets: readonly Buffer[], random: Random): Buffer => {
  const octets = Buffer.from(random.pick(packets))
  for (let change = random.below(CHANGES); change >= 0; change--) {
    octets[random.below(octets.length)] = random.below(256)
  }
  return random.below(8) === 0 ? octets.subarray(0, random.below(octets.length)) : octets
}

for (const mode of ['authoritative', 'proxy'] as const) {
  t.test(
    `${mode}: each of ${PACKETS} mutated packets is one line without control characters, seed ${seed}`,
    async t => {
      const random = randomFrom(seed)
      const packets = CAPTURE_FILES.flatMap(capturedDhcp)
      const dhcp = await fakeDhcp(t.testdir(), {
        config: dhcpConfig({ mode, range: ['192.0.2.2', '192.0.2.253'] }),
        identify: async ({ mac }) => (mac.endsWith('1') ? dhcpHost('web01', '192.0.2.10') : 'unknown'),
      })
      for (let count = 0; count < PACKETS; count++) {
        dhcp.hear(mutated(packets, random))
        await turn()
      }
      await dhcp.close()
      t.equal(dhcp.lines.length, PACKETS)
      const outcomes = new Set(dhcp.lines.map(line => line.split(' ')[3]))
      t.ok(
        outcomes.has('offer') && outcomes.has('malformed') && !outcomes.has('failed'),
        [...outcomes].join(' '),
      )
      t.strictSame(
        dhcp.lines.filter(line => /\p{Cc}/u.test(line)),
        [],
      )
    },
  )
}
