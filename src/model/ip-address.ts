/** An IPv4 address as 4 octets or an IPv6 address as 16; undefined where the text is neither. Pure. */
export const parseIpAddress = (text: string): Buffer | undefined =>
  text.includes(':') ? parseIpv6(text) : parseIpv4(text)

/** 4 or 16 octets as text: dotted, or RFC 5952 (lower case, the longest run of zeros as `::`). Pure. */
export const formatIpAddress = (octets: Buffer): string => {
  if (octets.length === 4) return octets.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(i * 2).toString(16))
  const { start, length } = longestZeros(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

/** The text of an address in its single form; undefined where it is none. Pure. */
export const canonicalIpAddress = (text: string): string | undefined => {
  const octets = parseIpAddress(text)
  return octets && formatIpAddress(octets)
}

const IPV4 = /^(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}$/

const parseIpv4 = (text: string): Buffer | undefined => {
  if (!IPV4.test(text)) return undefined
  const octets = text.split('.').map(Number)
  return octets.every(octet => octet <= 255) ? Buffer.from(octets) : undefined
}

const parseIpv6 = (text: string): Buffer | undefined => {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, i) => parseGroups(half, i === halves.length - 1))
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  const missing = 16 - head.length - (tail as Buffer).length
  return missing >= 2 ? Buffer.concat([head, Buffer.alloc(missing), tail as Buffer]) : undefined
}

const parseGroups = (text: string, isLast: boolean): Buffer | undefined => {
  if (text === '') return Buffer.alloc(0)
  const groups = text.split(':')
  const octets = groups.map((group, i): Buffer | undefined => {
    if (isLast && i === groups.length - 1 && group.includes('.')) return parseIpv4(group)
    return /^[0-9a-fA-F]{1,4}$/.test(group) ? Buffer.from(group.padStart(4, '0'), 'hex') : undefined
  })
  return octets.every(part => part !== undefined) ? Buffer.concat(octets) : undefined
}

const longestZeros = (groups: readonly string[]): { start: number; length: number } => {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === '0') length++
    if (length > best.length) best = { start, length }
  }
  return best
}
