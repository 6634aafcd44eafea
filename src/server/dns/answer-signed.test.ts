import t from 'tap'
import type { TsigKey } from '../../model/tsig-key.ts'
import { answersOf, queryFor } from '../../testing/dns-answers.ts'
import { FLEET_APEX, fleetZone } from '../../testing/dns-fleet.ts'
import { heldLists, listOf } from '../../testing/held-lists.ts'
import { decodeMessage } from '../../wire/dns/message.ts'
import { RCODE } from '../../wire/dns/rcode.ts'
import { signMessage, verifyMessage } from '../../wire/dns/tsig.ts'

const NOW = 1_795_000_000
const KEY: TsigKey = { name: 'key.example.test', algorithm: 'hmac-sha256', secret: Buffer.alloc(32, 7) }

const many = Array.from({ length: 100 }, (_, i) => `CLASS_${i}`)
const zone = fleetZone(
  heldLists({ 'web01.example.test': listOf('web01', 'WEB'), 'large.example.test': listOf('large', ...many) }),
)
const answer = answersOf({ zone: () => zone, keys: [KEY], nowSeconds: () => NOW })

const signed = (query: Buffer, over: Partial<TsigKey> = {}, atSeconds = NOW) =>
  signMessage(query, { ...KEY, ...over }, atSeconds)

t.test('a signed query is answered signed', async t => {
  for (const host of ['web01', 'large']) {
    const { bytes, mac } = signed(queryFor({ name: `${host}.${FLEET_APEX}`, type: 'TXT' }))
    const found = answer(bytes) as Buffer
    t.match(verifyMessage(found, KEY, NOW, { previousMac: mac }), { ok: true })
    t.match(decodeMessage(found), {
      rcode: 0,
      truncated: host === 'large',
      answers: host === 'large' ? [] : [{ type: 16 }],
    })
    t.ok(found.length <= 512)
  }
})

const unbelieved: Record<string, { over?: Partial<TsigKey>; atSeconds?: number; kind: string }> = {
  'another key': { over: { name: 'other.example.test' }, kind: 'BADKEY' },
  'another secret': { over: { secret: Buffer.alloc(32, 8) }, kind: 'BADSIG' },
  'another time': { atSeconds: NOW - 1000, kind: 'BADTIME' },
}
for (const [title, { over = {}, atSeconds = NOW, kind }] of Object.entries(unbelieved)) {
  t.test(`signed with ${title}: NOTAUTH and ${kind}`, async t => {
    const { bytes, mac } = signed(queryFor({ name: `web01.${FLEET_APEX}`, type: 'TXT' }), over, atSeconds)
    const found = answer(bytes) as Buffer
    t.match(decodeMessage(found), { rcode: RCODE.NOTAUTH, answers: [] })
    t.match(verifyMessage(found, { ...KEY, ...over }, atSeconds, { previousMac: mac }), {
      ok: false,
      kind,
      byServer: true,
    })
  })
}
