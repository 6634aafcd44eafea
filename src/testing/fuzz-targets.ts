import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import { parseMembership } from '../model/grammar.ts'
import { parseHostQuery } from '../model/host-query.ts'
import { orderMemberships } from '../model/place.ts'
import { parseVariable } from '../model/variable.ts'
import { parseDeps } from '../source/deps.ts'
import { placeOf } from '../source/ldap/directory-place.ts'
import { parseLdif } from '../source/ldap/ldif.ts'
import { parseZoneFile } from '../source/zone/parse.ts'
import { readTexts } from '../source/zone/txt.ts'
import { parseClassTexts } from '../source/zone/txt-class.ts'
import { parsePlace } from '../source/zone/txt-place.ts'
import { buildZone, recordOrigin } from '../source/zone/zone.ts'
import type { FuzzTarget } from './fuzz.ts'
import { dhcpMessages } from './fuzz-dhcp.ts'
import { increments, responses, transfers } from './fuzz-dns.ts'
import { queries } from './fuzz-queries.ts'
import { tftpPackets } from './fuzz-tftp.ts'
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
  /** A record of 7 octets can hold two names of 1,012 characters below `$ORIGIN`, each read four or five times: 558 seen. */
  mostSteps: 1000,
  attempt: (input, count) => {
    const text = input.toString('latin1')
    const { records, includes, diagnostics } = parseZoneFile(
      text,
      { path: 'z', origin: 'example.test' },
      count,
    )
    if (records.length + includes.length > input.length) throw new Error('more records than octets')
    const built = buildZone('example.test', 'z', records)
    checkFindings(diagnostics, input.length)
    for (const [owner, node] of built.zone.nodes) {
      const texts = readTexts(
        (node.get('TXT') ?? []).map(record => ({
          rdata: record.rdata,
          origin: recordOrigin('example.test', owner, record),
        })),
        count,
      )
      checkFindings(parsePlace('host', owner, texts, count).diagnostics, input.length)
      checkFindings(
        parseClassTexts('WEB', { kind: 'file', path: 'z' }, texts, count).diagnostics,
        input.length,
      )
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
  /** A DN of 256 RDNs, the most there may be, is looked up from each of them to its end, and built from there: 512 seen. */
  mostSteps: 600,
  attempt: (input, count) => {
    const { value, diagnostics } = parseLdif(input, 'd.ldif', count)
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
  /** Six readings, two of them with a condition, of which a token is looked at three times: 12 seen. */
  mostSteps: 20,
  attempt: (input, count) => {
    const text = input.toString('utf8')
    const origin = { kind: 'entry', dn: 'cn=a' } as const
    for (const kind of ['membership', 'requires', 'after', 'conflicts'] as const) {
      const { value, diagnostics } = parseMembership(kind, text, origin, count)
      if ((value === undefined) !== diagnostics.length > 0)
        throw new Error('a value and findings, or neither')
      checkFindings(diagnostics, input.length)
      if (value !== undefined) orderMemberships([value, value])
    }
    checkFindings(parseVariable(text, origin, count).diagnostics, input.length)
    parseHostQuery(text, count)
  },
}

const deps: FuzzTarget = {
  corpus: ['NGINX PHP\n', '# what a web server needs\nNGINX ; first\n\tPHP\n\nDB'].map(text =>
    Buffer.from(text),
  ),
  words: ['#', ';', '\n', '\r\n', '\t', '\u0085', ' A', '-', '1', '\0'],
  /** Each line once, each of its words once more: 2 seen. */
  mostSteps: 5,
  attempt: (input, count) => {
    const { requires, diagnostics } = parseDeps('WEB', input.toString('utf8'), 'WEB.deps', count)
    checkFindings(diagnostics, input.length)
    if (requires.length > input.length) throw new Error('more strings than octets')
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
  // A line is tried with each pattern in turn.
  mostSteps: 5,
  attempt: (input, count) => {
    const { value, diagnostics } = parseDiskConfig(input.toString('latin1'), 'CLASS', count)
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
  'dependency files': deps,
  'DNS responses': responses,
  'zone transfers': transfers,
  'DNS queries': queries,
  'increments of zones': increments,
  'TFTP packets': tftpPackets,
  'disk configurations': diskConfigs,
  'DHCP messages': dhcpMessages,
}
