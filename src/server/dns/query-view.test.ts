import t from 'tap'
import { answersOf, queryFor } from '../../testing/dns-answers.ts'
import { FLEET_APEX, fleetLists, fleetZone } from '../../testing/dns-fleet.ts'

const zone = fleetZone(fleetLists(1))
const answer = answersOf({ zone: () => zone, keys: [], nowSeconds: () => 0 })

const plain = queryFor({ name: `web01.${FLEET_APEX}`, type: 'TXT' })
const changed = (edit: (octets: Buffer) => void): Buffer => {
  const octets = Buffer.from(plain)
  edit(octets)
  return octets
}
const opt = Buffer.from('0000291000000000000000', 'hex')
const malformed: Record<string, Buffer> = {
  'no question': changed(octets => octets.writeUInt16BE(0, 4)),
  'two questions': Buffer.concat([changed(octets => octets.writeUInt16BE(2, 4)), plain.subarray(12)]),
  'a header alone': changed(octets => octets.writeUInt16BE(0, 4)).subarray(0, 12),
  'a question that ends in its name': plain.subarray(0, 20),
  'a question without its class': plain.subarray(0, plain.length - 2),
  'a label of 64 octets': changed(octets => octets.writeUInt8(64, 12)),
  'a name that is a pointer': changed(octets => octets.writeUInt16BE(0xc00c, 12)),
  'octets behind it': Buffer.concat([plain, Buffer.of(0)]),
  'an answer in a query': changed(octets => octets.writeUInt16BE(1, 6)),
  'a count of records that are not there': changed(octets => octets.writeUInt16BE(1, 10)),
  'two OPT records': Buffer.concat([changed(octets => octets.writeUInt16BE(2, 10)), opt, opt]),
  'an OPT record with an owner': Buffer.concat([
    changed(octets => octets.writeUInt16BE(1, 10)),
    Buffer.from('0161', 'hex'),
    opt,
  ]),
  'an EDNS option that runs past its record': Buffer.concat([
    changed(octets => octets.writeUInt16BE(1, 10)),
    Buffer.from('00002910000000000000040003ffff', 'hex'),
  ]),
  'a TSIG record that is not the last': Buffer.concat([
    changed(octets => octets.writeUInt16BE(2, 10)),
    Buffer.from('0000fa00ff000000000000', 'hex'),
    opt,
  ]),
  'a name of 256 octets': Buffer.concat([
    plain.subarray(0, 12),
    ...Array.from({ length: 4 }, () => Buffer.concat([Buffer.of(63), Buffer.alloc(63, 0x61)])),
    Buffer.from('0000100001', 'hex'),
  ]),
}
for (const [title, query] of Object.entries(malformed)) {
  t.test(`${title}: FORMERR, a header alone`, async t => {
    t.equal(answer(query).toString('hex'), '123481010000000000000000')
  })
}
