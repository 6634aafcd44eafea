import t from 'tap'
import { decodeMessage } from './message.ts'
import { encodeName } from './name.ts'
import { decodeLoneRdata, decodeRdata } from './rdata.ts'
import { recordType } from './record-type.ts'

/** A message about `example.test`, which stands at octet 12, with one answer of this type and data. */
const answerOf = (type: string, data: string) => {
  const octets = Buffer.from(data, 'hex')
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(recordType(type), 0)
  fixed.writeUInt16BE(1, 2)
  fixed.writeUInt16BE(octets.length, 8)
  const header = Buffer.from('000184000001000100000000', 'hex')
  const question = Buffer.concat([encodeName('example.test'), Buffer.from('00060001', 'hex')])
  const bytes = Buffer.concat([header, question, Buffer.from('c00c', 'hex'), fixed, octets])
  const [answer] = decodeMessage(bytes).answers
  if (answer === undefined) throw new Error('no answer')
  return decodeRdata(bytes, answer)
}

const zone = encodeName('example.test').toString('hex')
const ROWS: Record<string, { compressed: string; whole: string }> = {
  MX: { compressed: '000a 026d78 c00c', whole: `000a 026d78 ${zone}` },
  SRV: { compressed: '0001 0002 0050 c00c', whole: `0001 0002 0050 ${zone}` },
  RP: { compressed: '0161 c00c c00c', whole: `0161 ${zone} ${zone}` },
  NAPTR: { compressed: '0001 0002 0175 00 0178 c00c', whole: `0001 0002 0175 00 0178 ${zone}` },
  MB: { compressed: 'c00c', whole: zone },
}

for (const [type, { compressed, whole }] of Object.entries(ROWS)) {
  const plain = whole.replaceAll(' ', '')
  t.test(`${type}: compressed or not, the octets are the same`, async t => {
    const wanted = { kind: 'opaque', octets: Buffer.from(plain, 'hex') } as const
    t.strictSame(answerOf(type, compressed.replaceAll(' ', '')), wanted)
    t.strictSame(decodeLoneRdata(type, wanted.octets), wanted)
  })
}

t.test('data that its names do not fill is refused', async t => {
  for (const [type, data] of [
    ['MX', '00'],
    ['MX', '000a c00c ff'],
    ['NAPTR', '0001 0002 ff'],
    ['RP', 'c00c'],
  ] as const) {
    t.throws(() => answerOf(type, data.replaceAll(' ', '')), { name: 'WireError' }, `${type} ${data}`)
  }
})
