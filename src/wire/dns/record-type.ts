/** Record types by mnemonic (IANA, Domain Name System Parameters). */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['MB', 7],
  ['MG', 8],
  ['MR', 9],
  ['NULL', 10],
  ['WKS', 11],
  ['PTR', 12],
  ['HINFO', 13],
  ['MINFO', 14],
  ['MX', 15],
  ['TXT', 16],
  ['RP', 17],
  ['AFSDB', 18],
  ['KEY', 25],
  ['AAAA', 28],
  ['LOC', 29],
  ['SRV', 33],
  ['NAPTR', 35],
  ['KX', 36],
  ['CERT', 37],
  ['DNAME', 39],
  ['OPT', 41],
  ['APL', 42],
  ['DS', 43],
  ['SSHFP', 44],
  ['IPSECKEY', 45],
  ['RRSIG', 46],
  ['NSEC', 47],
  ['DNSKEY', 48],
  ['DHCID', 49],
  ['NSEC3', 50],
  ['NSEC3PARAM', 51],
  ['TLSA', 52],
  ['SMIMEA', 53],
  ['HIP', 55],
  ['CDS', 59],
  ['CDNSKEY', 60],
  ['OPENPGPKEY', 61],
  ['CSYNC', 62],
  ['ZONEMD', 63],
  ['SVCB', 64],
  ['HTTPS', 65],
  ['SPF', 99],
  ['TSIG', 250],
  ['IXFR', 251],
  ['AXFR', 252],
  ['ANY', 255],
  ['URI', 256],
  ['CAA', 257],
])

const MNEMONICS: ReadonlyMap<number, string> = new Map([...NUMBERS].map(([name, number]) => [number, name]))

/** The number of a type, `TYPE65280` included (RFC 3597, section 5); undefined where it is none. Ignores case. */
export const parseRecordType = (text: string): number | undefined => {
  const upper = text.toUpperCase()
  const known = NUMBERS.get(upper)
  if (known !== undefined) return known
  const match = /^TYPE([0-9]{1,5})$/.exec(upper)
  return match && Number(match[1]) <= 65535 ? Number(match[1]) : undefined
}

/** The mnemonic of a type, or `TYPE` and its number (RFC 3597, section 5). */
export const formatRecordType = (type: number): string => MNEMONICS.get(type) ?? `TYPE${type}`

/** The number of a type that stands in our own code; it must be a known one. */
export const recordType = (mnemonic: string): number => {
  const type = parseRecordType(mnemonic)
  if (type === undefined) throw new Error(`no record type ${mnemonic}`)
  return type
}
