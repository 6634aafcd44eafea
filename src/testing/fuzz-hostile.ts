import { blankHeader, encodeMessage, type Question } from '../wire/dns/message.ts'
import { encodeName } from '../wire/dns/name.ts'
import { recordType } from '../wire/dns/record-type.ts'
import { frameMessage } from '../wire/dns/stream.ts'
import { HOSTILE_QUERIES } from './fuzz-queries.ts'

const KIB = 1024
const SIZE = 64 * KIB

/** 64 KiB, or `size` octets, of one thing. */
const filled = (text: string, size = SIZE): string => text.repeat(Math.floor(size / text.length))

const repeated = (texts: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(texts.map(text => [`${JSON.stringify(text)} over and over`, filled(text)]))

/** Labels of one octet or of 61, until no more go into a name of 255 octets. */
const SHORT_LABELS = filled('a.', 250)
const LONG_LABELS = `${`${filled('\\000', 4 * 61)}.`.repeat(4)}`

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const octets = (texts: Readonly<Record<string, string>>): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(Object.entries(texts).map(([title, text]) => [title, latin1(text)]))

const ZONES: Readonly<Record<string, string>> = {
  ...repeated(['(', '"', '\\', 'a TXT (', 'a TXT "b"\n', ' TXT b\n', '; ', '@ TXT "requires=A"\n']),
  ...repeated(['$ORIGIN a\n', '$ORIGIN a.\n', '$INCLUDE f\n', '$TTL 1w\n', '$', '1', '1w', 'a A 1w1w IN ']),
  'deep parentheses': `a TXT ${filled('(', SIZE / 2)}b${filled(')', SIZE / 2)}\n`,
  'short records below a deep origin': `$ORIGIN ${SHORT_LABELS}\n${filled('a NS a\n')}`,
  'short records below a long origin': `$ORIGIN ${LONG_LABELS}\n${filled('a NS a\n')}`,
  'many names in one record, below a long origin': `$ORIGIN ${LONG_LABELS}\n${filled('@ RP a a\n')}`,
  'a quoted string of backslashes': `a TXT "${filled('\\')}"\n`,
  'an owner of backslashes': `${filled('\\')}. TXT a\n`,
  'a record of character-strings': `a TXT ${filled('"b" ')}\n`,
  'a record of more data than fits in one, all of it at fault': `a TXT ${filled(`"${filled('! ', 254)}" `, 8 * SIZE)}\n`,
  'texts that begin alike': Array.from({ length: 250 }, (_, i) => `a TXT "${'b'.repeat(240)} ${i}"\n`).join(
    '',
  ),
  'texts of weights that differ': Array.from({ length: 3000 }, (_, i) => `a TXT "${i} A" "B"\n`).join(''),
  'names of digits that are no names': filled('\\256.\\999 A \\1\n'),
}

const rdns = (count: number): string => Array.from({ length: count }, (_, i) => `a=${i}`).join(',')

const LDIFS: Readonly<Record<string, string>> = {
  ...repeated([':', ' a\n', 'dn: cn=a\n', 'a:: YQ==\n', 'dn: cn=a\na: b\n\n', '#\n', '\n', '\r\n', 'a;b']),
  'a DN of 60,000 RDNs': `dn: ${rdns(60_000)}\na: b\n`,
  'deep DNs': filled(`dn: ${rdns(256)}\na: b\n\n`),
  'deep DNs of long values': filled(`dn: ${filled(`a=${'b'.repeat(200)},`, 250 * 203)}c=d\na: b\n\n`),
  'a deep DN with all of its length at the end': `dn: ${rdns(255)},b=${filled('c')}\na: b\n`,
  'deep DNs below different parents': Array.from(
    { length: 60 },
    (_, i) => `dn: ${rdns(250)},b=${i}\na: b\n\n`,
  ).join(''),
  'an RDN of many parts': `dn: ${filled('a=1+')}a=1\na: b\n`,
  'a DN of backslashes': `dn: a=${filled('\\')}\na: b\n`,
  'a DN of hex pairs': `dn: a=${filled('\\41')}\na: b\n`,
  'a DN of pairs and blanks': `dn: a=${filled('\\,  b  ')}\na: b\n`,
  'a DN of blanks': `dn: a=b${filled(' ')},\na: b\n`,
  'a DN of an opaque value': `dn: a=#${filled('41')}\na: b\n`,
  'a name of an attribute that is an OID without end': `dn: cn=a\n1${filled('.1', 16 * KIB * KIB)}: b\n`,
  'a name of an attribute that has options without end': `dn: cn=a\nb${filled(';a', 16 * KIB * KIB)}: b\n`,
  'a DN whose type is an OID without end': `dn: 1${filled('.1', 16 * KIB * KIB)}=b\na: b\n`,
  '1 MiB folded at every octet': `dn: cn=a\na: ${filled('b\n ', 3 * KIB * KIB)}\n`,
  'the name of an attribute folded at every octet': `dn: cn=a\n${filled('b\n ')}: a\n`,
  '1 MiB of words that are no classes': `dn: cn=a\nfaiMembership: ${filled('! ', KIB * KIB)}\n`,
  'values that begin alike': `dn: cn=a\n${filled(`faiMembership: ${'B'.repeat(60)} C\n`)}`,
}

const deepest = (open: string, close: string, depth: number): string =>
  `${open.repeat(depth)}A${close.repeat(depth)}`

const STRINGS: Readonly<Record<string, string>> = {
  ...repeated([
    'A ',
    '!',
    '(',
    '!(',
    '[A] ',
    '1 ',
    ' \t',
    ':',
    '::',
    '1:',
    '1.',
    'a.',
    '-',
    'A=',
    '=',
    '{1}',
  ]),
  'conditions as deep as allowed': `[${filled(`${deepest('!', '', 64)}||`)}A] B`,
  'parentheses as deep as allowed': `[${filled(`${deepest('(', ')', 64)}&&`)}A] B`,
  'blanks in deep parentheses': `[${deepest('(', `${filled(' ', KIB)})`, 63)}] B`,
  'blanks before the end of a condition': `[${'('.repeat(60)}A${filled(' ')}] B`,
  'a condition of one long name': `[${filled('A')}] B`,
  'a condition without operators': `[${filled('A ')}] B`,
  'digits and blanks': filled('1', SIZE / 2) + filled(' ', SIZE / 2),
}

const DEPS: Readonly<Record<string, string>> = {
  ...repeated(['#', ';', ' ', '\n', 'A ', 'A\n', '! ', '\r', 'A']),
}

const HEADER_OCTETS = 12
const [CNAME, SOA, TXT, NULL, RP] = ['CNAME', 'SOA', 'TXT', 'NULL', 'RP'].map(recordType) as [
  number,
  number,
  number,
  number,
  number,
]

/** A response to a transfer, without its question, to which a question and answers can be given. */
const message = (answers: readonly Buffer[], questions: readonly Question[] = []): Buffer => {
  const header = { ...blankHeader(7, 0), isResponse: true, authoritative: true }
  const bytes = encodeMessage({ ...header, questions, answers: [], authorities: [], additionals: [] })
  bytes.writeUInt16BE(answers.length, 6)
  return Buffer.concat([bytes, ...answers])
}

const QUESTION: Question = { name: 'web01.example.test', type: TXT, dnsClass: 1 }

/** | owner | type 2 | class 2 | TTL 4 | length 2 | rdata | */
const record = (owner: Buffer, type: number, rdata: Buffer): Buffer =>
  Buffer.concat([owner, Buffer.of(0, type, 0, 1, 0, 0, 0, 0, rdata.length >> 8, rdata.length & 0xff), rdata])

const pointer = (offset: number): Buffer => Buffer.of(0xc0 | (offset >> 8), offset & 0xff)
const times = (count: number, each: (index: number) => Buffer): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => each(index))

const MAX_POINTERS = 127

/**
 * As many records as go into 64 KiB, whose names stand at the end of the longest chain that a
 * name may be: 127 labels behind 127 pointers, in the data of a first record.
 */
const alongChain = (each: (top: Buffer) => Buffer, questions: readonly Question[] = []): Buffer => {
  const start = message([], questions).length
  const name = encodeName(SHORT_LABELS.slice(0, -1))
  const owner = encodeName('example.test')
  const nameAt = start + owner.length + 10
  const pointerAt = (index: number): number => nameAt + name.length + 2 * index
  const pointers = times(MAX_POINTERS - 1, index => pointer(index === 0 ? nameAt : pointerAt(index - 1)))
  const first = record(owner, NULL, Buffer.concat([name, ...pointers]))
  const next = each(pointer(pointerAt(MAX_POINTERS - 2)))
  const count = Math.floor((SIZE - 1 - start - first.length) / next.length)
  return message([first, ...times(count, () => next)], questions)
}

const aliases = (top: Buffer): Buffer => record(top, CNAME, top)
const ANSWERS = HEADER_OCTETS + encodeName(QUESTION.name).length + 4

const RESPONSES: Readonly<Record<string, Buffer>> = {
  ...octets(repeated(['\xc0\x00', '\x01a', '\x00'])),
  '5,000 answers': message(
    times(5000, () => record(pointer(HEADER_OCTETS), TXT, Buffer.of(0))),
    [QUESTION],
  ),
  'names at the end of a long chain of pointers': alongChain(
    top => record(top, NULL, Buffer.alloc(0)),
    [QUESTION],
  ),
  'aliases at the end of a long chain of pointers': alongChain(aliases, [QUESTION]),
  'a chain of pointers that grows': message(
    times(1000, index =>
      record(pointer(index === 0 ? HEADER_OCTETS : ANSWERS + 12 * (index - 1)), NULL, Buffer.alloc(0)),
    ),
    [QUESTION],
  ),
}

const apexOf = (serial: number): Buffer => {
  const numbers = Buffer.alloc(20)
  numbers.writeUInt32BE(serial)
  const rdata = Buffer.concat([encodeName('ns1.example.test'), encodeName('a.test'), numbers])
  return record(encodeName('example.test'), SOA, rdata)
}
const transfer = (...messages: readonly Buffer[]): Buffer =>
  Buffer.concat([message([apexOf(0)]), ...messages].map(frameMessage))
const mailboxes = (top: Buffer): Buffer => record(top, RP, Buffer.concat([top, top]))

const TRANSFERS: Readonly<Record<string, Buffer>> = {
  'messages of no octets': Buffer.alloc(SIZE),
  'messages that are too short': latin1(filled('\0\x01a')),
  'messages without a record': transfer(...times(SIZE / 14, () => message([]))),
  'names at the end of long chains of pointers, in four messages': transfer(
    ...times(4, () => alongChain(aliases)),
  ),
  'mailboxes at the end of long chains of pointers': transfer(...times(4, () => alongChain(mailboxes))),
}

/** To somebody who has serial 9. */
const increment = (...messages: readonly Buffer[]): Buffer =>
  Buffer.concat([message([apexOf(0x7000_0000)]), ...messages].map(frameMessage))

const INCREMENTS: Readonly<Record<string, Buffer>> = {
  'messages that are too short': latin1(filled('\0\x01a')),
  'messages without a record': increment(...times(SIZE / 14, () => message([]))),
  'a whole zone at the end of long chains of pointers': increment(...times(4, () => alongChain(mailboxes))),
  'deletions at the end of long chains of pointers': increment(
    message([apexOf(9)]),
    ...times(4, () => alongChain(aliases)),
  ),
  'steps of nothing but serials': increment(message(times(900, index => apexOf(9 + Math.ceil(index / 2))))),
}

const DISKS = {
  ...repeated(['disk_config disk1\n', 'disk1.1,', 'vg0-root,', ' \t', '"', '# ', 'p=']),
  'numbers of partitions': `disk_config disk1 preserve_always:${filled('1,')}`,
  'members of an array': `disk_config raid\nraid1 / sda1${filled(',sda1')} ext4 rw\n`,
  'volumes of a group': `disk_config lvm\nvg vg0 sda1\n${filled('vg0-a - 1 - -\n')}`,
  'options of one line': `disk_config disk1\nprimary / 1G ext4 rw ${filled('createopts="" ')}`,
}

/** The header of a message, its options, and what stands in `file` and `sname`. */
const dhcp = (options: string, inFields = '\0'): Buffer => {
  const header = Buffer.alloc(240)
  header.fill(1, 0, 2)
  header.write(filled(inFields, 192), 44, 'latin1')
  header.writeUInt32BE(0x63825363, 236)
  return Buffer.concat([header, latin1(options)])
}

const DHCP = {
  'nothing but padding': dhcp(filled('\0')),
  'an option without a value, over and over': dhcp(filled('\x0c\0')),
  'an option in pieces of one octet': dhcp(filled('\x2b\x01\x06')),
  'many options over and over': dhcp(
    filled(Array.from({ length: 51 }, (_, code) => `${String.fromCharCode(code + 1)}\x01a`).join('')),
  ),
  'options within an option': dhcp(filled(`\x2b\xfe${'\x06\0'.repeat(127)}`)),
  'suboptions of a relay': dhcp(filled(`\x52\xfe${'\x01\0'.repeat(127)}`)),
  'user classes': dhcp(filled(`\x4d\xfe${'\x01a'.repeat(127)}`)),
  'routes to nowhere': dhcp(filled(`\x79\xff${'\0\xc0\0\x02\x01'.repeat(51)}`)),
  addresses: dhcp(filled(`\x03\xfc${'\xc0\0\x02\x01'.repeat(63)}`)),
  'pieces of one octet in every field': dhcp(`\x34\x01\x03${filled('\x2b\x01\x06')}`, '\x2b\0'),
}

const PACKETS = {
  'a request of NULs': `\0\x01${filled('\0')}`,
  'a request without end': `\0\x01${filled('a')}`,
  'options without end': `\0\x06${filled('a\0b\0')}`,
  'one option over and over': `\0\x06${filled('tsize\x000\0')}`,
  'an option without a name, NULs, and no end': `\0\x06${filled('\0')}a`,
  'a block of returns': `\0\x03\0\x01${filled('\r', 65_464)}`,
  'a message without end': `\0\x05\0\0${filled('a')}`,
}

/** What a hostile writer might send to each target, by title. */
export const HOSTILE: Readonly<Record<string, Readonly<Record<string, Buffer>>>> = {
  'zone files': octets(ZONES),
  LDIFs: octets(LDIFS),
  'strings of the grammar': octets(STRINGS),
  'dependency files': octets(DEPS),
  'DNS responses': RESPONSES,
  'zone transfers': TRANSFERS,
  'increments of zones': INCREMENTS,
  'DNS queries': HOSTILE_QUERIES,
  'TFTP packets': octets(PACKETS),
  'disk configurations': octets(DISKS),
  'DHCP messages': DHCP,
}
