import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import { parseMembership } from '../model/grammar.ts'
import { parseHostQuery } from '../model/host-query.ts'
import { orderMemberships } from '../model/place.ts'
import { parseVariable } from '../model/variable.ts'
import { type Asked, readResponse } from '../source/dns/response.ts'
import { placeOf } from '../source/ldap/directory-place.ts'
import { parseLdif } from '../source/ldap/ldif.ts'
import { parseZoneFile } from '../source/zone/parse.ts'
import { readTexts } from '../source/zone/txt.ts'
import { parseClassTexts } from '../source/zone/txt-class.ts'
import { parsePlace } from '../source/zone/txt-place.ts'
import { buildZone, recordOrigin } from '../source/zone/zone.ts'
import {
  blankHeader,
  decodeMessage,
  encodeMessage,
  type Message,
  type WireRecord,
} from '../wire/dns/message.ts'
import { decodeRdata, encodeRdata } from '../wire/dns/rdata.ts'
import { recordType } from '../wire/dns/record-type.ts'
import { takeMessages } from '../wire/dns/stream.ts'
import { WireError } from '../wire/wire-error.ts'
import type { FuzzTarget } from './fuzz.ts'
import { ROOT } from './test-files.ts'

const read = (pattern: string): readonly Buffer[] =>
  globSync(pattern, { cwd: join(ROOT, 'fixtures') })
    .sort()
    .map(path => readFileSync(join(ROOT, 'fixtures', path)))

/** The records of an LDIF one by one, and two at a time, so that a piece of it is whole. */
const recordsOf = (ldif: Buffer): readonly Buffer[] => {
  const records = ldif.toString('latin1').split(/\n\n+/)
  const pairs = records.map((record, index) => `${record}\n\n${records[index + 1] ?? ''}\n`)
  return [...records, ...pairs].map(text => Buffer.from(text, 'latin1'))
}

/** Fails where there is more to say than there is input, or a finding lacks its words. */
const checkFindings = (diagnostics: readonly Diagnostic[], octets: number): void => {
  if (diagnostics.length > octets + 2) throw new Error(`${diagnostics.length} findings in ${octets} octets`)
  const silent = diagnostics.find(({ message }) => message === '')
  if (silent !== undefined) throw new Error(`a finding without a message: ${silent.code}`)
}

const zoneFiles: FuzzTarget = {
  corpus: read('**/*.zone'),
  words:
    '$ORIGIN $TTL $INCLUDE ( ) " \\ \\300 \\" ; \n \t @ * . .. IN CH TXT A AAAA PTR CNAME SOA NS SRV TYPE16 \\# 1w2d 4294967296 requires= fai= _fai. ._class'.split(
      ' ',
    ),
  attempt: input => {
    const text = input.toString('latin1')
    const { records, includes, diagnostics } = parseZoneFile(text, { path: 'z', origin: 'example.test' })
    if (records.length + includes.length > input.length) throw new Error('more records than octets')
    const built = buildZone('example.test', 'z', records)
    checkFindings(diagnostics, input.length)
    for (const [owner, node] of built.zone.nodes) {
      const texts = readTexts(
        (node.get('TXT') ?? []).map(record => ({
          rdata: record.rdata,
          origin: recordOrigin('example.test', owner, record),
        })),
      )
      checkFindings(parsePlace('host', owner, texts).diagnostics, input.length)
      checkFindings(parseClassTexts('WEB', { kind: 'file', path: 'z' }, texts).diagnostics, input.length)
    }
  },
}

const ldifs: FuzzTarget = {
  corpus: read('**/*.ldif').flatMap(recordsOf),
  words: [
    ...'dn: dn:: objectClass: :: :< version: changetype: \\, \\2c \\20 + = # \\n cn=a faiMembership: {0} é \r \0 ;lang-de'.split(
      ' ',
    ),
    '\n',
    '\n ',
    '\n\n',
    '\n-\n',
  ],
  attempt: input => {
    const { value, diagnostics } = parseLdif(input, 'd.ldif')
    if ((value === undefined) !== diagnostics.length > 0) throw new Error('entries and findings, or neither')
    checkFindings(diagnostics, input.length)
    for (const entry of value ?? []) checkFindings(placeOf('host', entry).diagnostics, input.length)
  },
}

const strings: FuzzTarget = {
  corpus: [
    '10 [EFI && !(TEST || OLD)] WEB -DB GRUB_EFI',
    'FAIBASE DEBIAN WEB',
    '65535 [!!A] A',
    '2000 [!TEST] MONITORED',
    'NAME=value',
    '52:54:00:12:34:56',
    '2001:db8::1',
    'web01.example.test',
  ].map(text => Buffer.from(text)),
  words: '[ ] ( ) ! && || & | - -X 0 65536 00001 {1} \t  \0 é = A_ 1 123 % : :: . ffff:'
    .split(' ')
    .concat(' ', '!'.repeat(70), '('.repeat(70)),
  attempt: input => {
    const text = input.toString('utf8')
    const origin = { kind: 'entry', dn: 'cn=a' } as const
    for (const kind of ['membership', 'requires', 'after', 'conflicts'] as const) {
      const { value, diagnostics } = parseMembership(kind, text, origin)
      if ((value === undefined) !== diagnostics.length > 0)
        throw new Error('a value and findings, or neither')
      checkFindings(diagnostics, input.length)
      if (value !== undefined) orderMemberships([value, value])
    }
    checkFindings(parseVariable(text, origin).diagnostics, input.length)
    parseHostQuery(text)
  },
}

type Encodable = Parameters<typeof encodeRdata>[0]

const record = (owner: string, type: string, rdata: Encodable): WireRecord => ({
  owner,
  type: recordType(type),
  dnsClass: 1,
  ttlSeconds: 300,
  rdata: encodeRdata(rdata),
})

const ASKED: Asked = {
  id: 7,
  owner: 'web01.example.test',
  type: 'TXT',
  zone: 'example.test',
  recursive: false,
  needsAd: false,
}

const response = (over: Partial<Message>): Buffer =>
  encodeMessage({
    ...blankHeader(7, 0),
    isResponse: true,
    authoritative: true,
    questions: [{ name: ASKED.owner, type: 16, dnsClass: 1 }],
    answers: [],
    authorities: [],
    additionals: [],
    ...over,
  })

const name = (text: string): Encodable => ({ kind: 'name', name: text })
const soa = Buffer.from('036e73310001780000000009000000010000000100000001000000010', 'hex')

const responses: FuzzTarget = {
  corpus: [
    response({
      answers: [record(ASKED.owner, 'TXT', { kind: 'text', strings: [Buffer.from('fai=WEB DB')] })],
    }),
    response({ answers: [record(ASKED.owner, 'CNAME', name('b.example.test'))] }),
    response({
      authoritative: false,
      authorities: [record('b.example.test', 'NS', name('ns1.b.example.test'))],
    }),
    response({
      rcode: 3,
      authorities: [{ owner: 'example.test', type: 6, dnsClass: 1, ttlSeconds: 9, rdata: soa }],
    }),
    response({ truncated: true }),
    // Compressed: the owner of the answer is a pointer to the question.
    Buffer.concat([response({}).fill(1, 7, 8), Buffer.from('c00c00100001000000050006056661693d41', 'hex')]),
  ],
  words: [
    '\xc0\x0c',
    '\xc0\x00',
    '\xff\xff',
    '\0',
    '\x3f',
    '\x40',
    '\0\x10\0\x01',
    '\0\x06\0\x01',
    '\x07example\x04test\0',
  ],
  attempt: input => {
    for (const recursive of [false, true]) {
      try {
        readResponse(input, { ...ASKED, recursive })
        const { answers, authorities, additionals } = decodeMessage(input)
        for (const each of [...answers, ...authorities, ...additionals]) decodeRdata(input, each)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
      }
    }
    const { messages, rest } = takeMessages(input)
    const octets = messages.reduce((sum, message) => sum + message.length + 2, rest.length)
    if (octets !== input.length) throw new Error('octets of a stream are lost')
  },
}

const diskConfigs: FuzzTarget = {
  corpus: [
    ...read('disk/*/disk_config'),
    ...read('**/disk_config/*'),
    Buffer.from(`disk_config disk1 preserve_always:1 resize:all bootable:1
primary - 1G-2G:resize - -
logical swap:encrypt RAM:50% swap sw
disk_config disk2 sameas:disk1 virtual align-at:1M
disk_config raid fstabkey:uuid preserve_lazy:0
raid1 /srv disk1.1,sdb1:spare,sdc1:missing ext4 rw mdcreateopts="-e 1.0" createopts="-m 0"
disk_config btrfs
btrfs raid1 /b sdd1,sde1 subvol=@
disk_config cryptsetup randinit
luks:"pass" - md0 - -
disk_config lvm resize:vg0-root
vg vg0 md0 vgcreateopts="-s 4M"
vg0-root / 10%- ext4 rw tuneopts="-c 0"
disk_config nfs
nfs srv:/home /home rw # home
`),
  ],
  words: [
    ...'disk_config raid btrfs cryptsetup lvm tmpfs nfs end primary logical raw-disk p= vg luks:" swap - / : :encrypt :resize % RAM: 1G 0- -1 9999999999999999999 , disk1.1 :missing sameas: preserve_always:all all createopts=" " # ; vg0-root'.split(
      ' ',
    ),
    ' ',
    '\n',
    '\r\n',
    '\t',
    '\0',
  ],
  attempt: input => {
    const { value, diagnostics } = parseDiskConfig(input.toString('latin1'), 'CLASS')
    const isRefused = diagnostics.some(({ severity }) => severity === 'error')
    if ((value === undefined) !== isRefused) throw new Error('a value and errors, or neither')
    checkFindings(diagnostics, input.length)
  },
}

/** Everything that reads what somebody else wrote, by name. */
export const FUZZ_TARGETS: Readonly<Record<string, FuzzTarget>> = {
  'zone files': zoneFiles,
  LDIFs: ldifs,
  'strings of the grammar': strings,
  'DNS responses': responses,
  'disk configurations': diskConfigs,
}
