import packet, { type DecodedPacket, type Packet } from 'dns-packet'
import t from 'tap'
import { answersOf, queryFor } from '../../testing/dns-answers.ts'
import { FLEET_APEX, fleetZone } from '../../testing/dns-fleet.ts'
import { heldLists, listOf } from '../../testing/held-lists.ts'
import { encodeNotify } from '../../wire/dns/notify-query.ts'
import { RCODE } from '../../wire/dns/rcode.ts'

const NOW = 1_795_000_000

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `CLASS_${i}`)
const zone = fleetZone(
  heldLists({
    'web01.example.test': listOf('web01', 'DEBIAN', 'WEB'),
    'Web02.example.test': listOf('Web02', 'DEBIAN'),
    'a.rack1.example.test': listOf('a', 'DEBIAN'),
    'large.example.test': listOf('large', ...names(100)),
    'larger.example.test': listOf('larger', ...names(1000)),
  }),
)
const answer = answersOf({ zone: () => zone, keys: [], nowSeconds: () => NOW })

const edns = (over: object = {}): Partial<Packet> => ({
  additionals: [
    {
      type: 'OPT',
      name: '.',
      udpPayloadSize: 4096,
      flags: 0,
      options: [],
      extendedRcode: 0,
      ednsVersion: 0,
      ...over,
    } as never,
  ],
})

/** The answer as `dns-packet` reads it; the name of the code stands in `rcode`. */
const read = (octets: ReturnType<typeof answer>): DecodedPacket & { rcode: string } => {
  if (typeof octets === 'string') throw new Error(`no answer: ${octets}`)
  return packet.decode(octets) as DecodedPacket & { rcode: string }
}
const ask = (name: string, type: string, over: Partial<Packet> = {}, isStream = false) =>
  read(answer(queryFor({ name, type, over }), { isStream }))

const OURS = { flag_qr: true, flag_aa: true, flag_tc: false, flag_rd: true, flag_ra: false, flag_ad: false }

t.test('a list: the question as it was asked, and its record', async t => {
  const found = ask('WEB01.fai.Example.test', 'TXT')
  t.match(found, { ...OURS, id: 0x1234, rcode: 'NOERROR', authorities: [], additionals: [] })
  t.strictSame(found.questions, [{ name: 'WEB01.fai.Example.test', type: 'TXT', class: 'IN' }])
  t.match(found.answers, [
    {
      name: 'WEB01.fai.Example.test',
      type: 'TXT',
      ttl: 300,
      data: [Buffer.from('DEFAULT DEBIAN WEB web01 LAST')],
    },
  ])
  t.equal(found.answers?.length, 1)
})

t.test('a host is found in any case, and told in the one of its source', async t => {
  t.match(ask(`web02.${FLEET_APEX}`, 'TXT').answers, [{ data: [Buffer.from('DEFAULT DEBIAN Web02 LAST')] }])
  t.match(ask(`debian._CLASS.${FLEET_APEX}`, 'PTR').answers, [
    { name: `debian._CLASS.${FLEET_APEX}`, type: 'PTR', data: `web01.${FLEET_APEX}` },
    { data: `Web02.${FLEET_APEX}` },
    { data: `a.rack1.${FLEET_APEX}` },
  ])
})

t.test('the apex has SOA and NS', async t => {
  t.match(ask(FLEET_APEX, 'SOA').answers, [
    { name: FLEET_APEX, type: 'SOA', data: { mname: 'ns.example.test', serial: 1, minimum: 300 } },
  ])
  t.match(ask(FLEET_APEX, 'NS').answers, [{ name: FLEET_APEX, type: 'NS', data: 'ns.example.test' }])
})

const negative: Record<string, { name: string; type: string; rcode: string }> = {
  'a host that there is not: NXDOMAIN': { name: 'web09', type: 'TXT', rcode: 'NXDOMAIN' },
  'below a host: NXDOMAIN': { name: 'x.web01', type: 'TXT', rcode: 'NXDOMAIN' },
  'a class that nobody has: NXDOMAIN': { name: 'GONE._class', type: 'PTR', rcode: 'NXDOMAIN' },
  'another type at a host: NODATA': { name: 'web01', type: 'A', rcode: 'NOERROR' },
  'an unknown type at a host: NODATA': { name: 'web01', type: 'UNKNOWN_65280', rcode: 'NOERROR' },
  'PTR at a host: NODATA': { name: 'web01', type: 'PTR', rcode: 'NOERROR' },
  'TXT at a class: NODATA': { name: 'WEB._class', type: 'TXT', rcode: 'NOERROR' },
  'above classes: NODATA': { name: '_class', type: 'PTR', rcode: 'NOERROR' },
  'above a host: NODATA': { name: 'rack1', type: 'TXT', rcode: 'NOERROR' },
  'another type at the apex: NODATA': { name: '', type: 'TXT', rcode: 'NOERROR' },
  'DS at the apex, which its parent has: NODATA': { name: '', type: 'DS', rcode: 'NOERROR' },
}
for (const [title, { name, type, rcode }] of Object.entries(negative)) {
  t.test(`${title}, with the SOA record`, async t => {
    const owner = name === '' ? FLEET_APEX : `${name}.${FLEET_APEX}`
    const found = ask(owner, type)
    t.match(found, { ...OURS, rcode, answers: [] })
    t.match(found.authorities, [{ name: FLEET_APEX, type: 'SOA', ttl: 300, data: { minimum: 300 } }])
    t.equal(found.authorities?.length, 1)
  })
}

t.test('ANY: one set of those that are there', async t => {
  const types = (name: string) => ask(name, 'ANY').answers?.map(({ type }) => type)
  t.strictSame(types(`web01.${FLEET_APEX}`), ['TXT'])
  t.strictSame(types(`WEB._class.${FLEET_APEX}`), ['PTR'])
  t.strictSame(types(FLEET_APEX), ['SOA'])
  t.match(ask(`rack1.${FLEET_APEX}`, 'ANY'), {
    rcode: 'NOERROR',
    answers: [],
    authorities: [{ type: 'SOA' }],
  })
})

const refused: Record<string, { name: string; dnsClass?: string; type?: string; rcode: string }> = {
  'another zone': { name: 'web01.example.test', rcode: 'REFUSED' },
  'above our zone': { name: 'example.test', rcode: 'REFUSED' },
  'the root': { name: '.', rcode: 'REFUSED' },
  'a name whose last letters are ours': { name: `webx${FLEET_APEX}`, rcode: 'REFUSED' },
  'class CH': { name: `web01.${FLEET_APEX}`, dnsClass: 'CH', rcode: 'REFUSED' },
  'class ANY': { name: `web01.${FLEET_APEX}`, dnsClass: 'ANY', rcode: 'REFUSED' },
  'AXFR over UDP': { name: FLEET_APEX, type: 'AXFR', rcode: 'REFUSED' },
  'a type that stands in no question': { name: FLEET_APEX, type: 'OPT', rcode: 'FORMERR' },
  'TSIG as a question': { name: FLEET_APEX, type: 'TSIG', rcode: 'FORMERR' },
  'MAILA, which is obsolete': { name: FLEET_APEX, type: 'UNKNOWN_254', rcode: 'NOTIMP' },
}
for (const [title, { name, dnsClass = 'IN', type = 'TXT', rcode }] of Object.entries(refused)) {
  t.test(`${title}: ${rcode}, without authority or records`, async t => {
    const found = ask(name, type, { questions: [{ name, type: type as 'TXT', class: dnsClass as 'IN' }] })
    t.match(found, { ...OURS, flag_aa: false, rcode, answers: [], authorities: [], additionals: [] })
    t.equal(found.questions?.length, 1)
  })
}

t.test('without lists yet: SERVFAIL', async t => {
  const early = answersOf({ zone: () => undefined, keys: [], nowSeconds: () => NOW })
  t.match(read(early(queryFor({ name: FLEET_APEX, type: 'SOA' }))), { rcode: 'SERVFAIL', flag_aa: false })
})

t.test('what has no octets of a header, or is a response, is not answered', async t => {
  const query = queryFor({ name: FLEET_APEX, type: 'SOA' })
  t.equal(answer(query.subarray(0, 11)), 'drop')
  t.equal(answer(Buffer.alloc(0)), 'drop')
  const response = Buffer.from(query)
  response[2] = 0x84
  t.equal(answer(response), 'drop')
})

const changed = (edit: (octets: Buffer) => void): Buffer => {
  const octets = queryFor({ name: `web01.${FLEET_APEX}`, type: 'TXT' })
  edit(octets)
  return octets
}

t.test('another opcode: NOTIMP, which it is said back in', async t => {
  const update = changed(octets => octets.writeUInt8(0x29, 2))
  t.equal(answer(update).toString('hex'), '1234a9040000000000000000')
})

t.test('RD is copied; AD, CD, RA and the reserved bit are not', async t => {
  const query = changed(octets => octets.writeUInt16BE(0x00f0, 2))
  const found = answer(query) as Buffer
  t.equal(found.readUInt16BE(2), 0x8400)
})

const optOf = (found: DecodedPacket) => found.additionals?.[0]

t.test('EDNS: 1232 octets are taken, DO is copied, options that nobody knows are left aside', async t => {
  const options = [{ code: 65_001, data: Buffer.from('x') }]
  const found = ask(`web01.${FLEET_APEX}`, 'TXT', edns({ flags: packet.DNSSEC_OK, options }))
  t.match(found, { ...OURS, rcode: 'NOERROR', answers: [{ type: 'TXT' }] })
  t.match(optOf(found), {
    type: 'OPT',
    udpPayloadSize: 1232,
    ednsVersion: 0,
    flag_do: true,
    extendedRcode: 0,
    options: [],
  })
  t.match(optOf(ask(`web01.${FLEET_APEX}`, 'TXT', edns())), { flag_do: false })
  t.match(optOf(ask('elsewhere.test', 'TXT', edns())), { type: 'OPT', udpPayloadSize: 1232 })
})

t.test('EDNS of another version: BADVERS', async t => {
  const found = ask(`web01.${FLEET_APEX}`, 'TXT', edns({ ednsVersion: 1 }))
  t.match(found, { rcode: 'NOERROR', flag_aa: false, answers: [] })
  t.match(optOf(found), { extendedRcode: 1, ednsVersion: 0 })
})

const sizes: Record<
  string,
  { octets: number | undefined; isStream: boolean; host: string; isWhole: boolean }
> = {
  '1,000 octets by UDP without EDNS': { octets: undefined, isStream: false, host: 'large', isWhole: false },
  '1,000 octets by UDP for who takes 512': { octets: 512, isStream: false, host: 'large', isWhole: false },
  '1,000 octets by UDP for who takes 1': { octets: 1, isStream: false, host: 'large', isWhole: false },
  '1,000 octets by UDP for who takes 1232': { octets: 1232, isStream: false, host: 'large', isWhole: true },
  '1,000 octets by UDP for who takes 65,535': {
    octets: 65_535,
    isStream: false,
    host: 'large',
    isWhole: true,
  },
  '10,000 octets by UDP for who takes 65,535': {
    octets: 65_535,
    isStream: false,
    host: 'larger',
    isWhole: false,
  },
  '10,000 octets by TCP': { octets: undefined, isStream: true, host: 'larger', isWhole: true },
  '10,000 octets by TCP with EDNS': { octets: 512, isStream: true, host: 'larger', isWhole: true },
}
for (const [title, { octets, isStream, host, isWhole }] of Object.entries(sizes)) {
  t.test(`${title}: ${isWhole ? 'whole' : 'TC, and no record'}`, async t => {
    const over = octets === undefined ? {} : edns({ udpPayloadSize: octets })
    const found = ask(`${host}.${FLEET_APEX}`, 'TXT', over, isStream)
    t.match(found, { rcode: 'NOERROR', flag_aa: true, flag_tc: !isWhole, questions: [{ type: 'TXT' }] })
    t.equal(found.answers?.length, isWhole ? 1 : 0)
    t.equal(found.additionals?.length, octets === undefined ? 0 : 1)
    t.equal(found.authorities?.length, 0)
  })
}

t.test('NOTIFY is handed on with the address; without anybody who takes it: NOTIMP', async t => {
  const heard: string[] = []
  const query = encodeNotify(0x1234, zone.soa().record)
  t.equal((answer(query) as Buffer)[3], RCODE.NOTIMP)
  const listening = answersOf({
    zone: () => zone,
    keys: [],
    nowSeconds: () => NOW,
    notify: (bytes, client) => {
      heard.push(`${client} ${bytes.length}`)
      return client === '192.0.2.9' ? Buffer.from('12348480', 'hex') : undefined
    },
  })
  t.equal(listening(query).toString('hex'), '12348480')
  t.equal(listening(query, { client: () => '192.0.2.10' }), 'drop')
  t.strictSame(heard, [`192.0.2.9 ${query.length}`, `192.0.2.10 ${query.length}`])
})

t.test('transfers are handed on: to the stream, or as datagrams', async t => {
  const served = answersOf({
    zone: () => zone,
    keys: [],
    nowSeconds: () => NOW,
    transfers: { answerDatagram: (bytes, { id }, client) => Buffer.from(`${id} ${bytes.length} ${client}`) },
  })
  const axfr = queryFor({ name: FLEET_APEX, type: 'AXFR' })
  const ixfr = queryFor({
    name: FLEET_APEX,
    type: 'IXFR',
    over: {
      authorities: [{ name: FLEET_APEX, type: 'SOA', data: { mname: 'a', rname: 'b', serial: 1 } } as never],
    },
  })
  t.equal(served(axfr, { isStream: true }), 'transfer')
  t.equal(served(ixfr, { isStream: true }), 'transfer')
  t.match(read(served(axfr)), { rcode: 'FORMERR' })
  t.equal(String(served(ixfr)), `4660 ${ixfr.length} 192.0.2.9`)
  t.match(read(answer(ixfr, { isStream: true })), { rcode: 'REFUSED' })
})
