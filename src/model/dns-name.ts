/**
 * Domain names as text: no dot at the end, the root is the empty text. A dot or
 * backslash inside a label is escaped, an octet outside 33..126 is `\DDD`
 * (RFC 1035, section 5.1), so that equal names are equal texts once folded.
 */

import type { CountSteps } from './steps.ts'

const LABEL = /(?:[^.\\]|\\[0-9]{3}|\\[^0-9])+/g
const WHOLE = /^(?:[^.\\]|\\[0-9]{3}|\\[^0-9])+(?:\.(?:[^.\\]|\\[0-9]{3}|\\[^0-9])+)*\.?$/
/** Names that are in their single form already, as nearly all are. */
const PLAIN = /^(?:[A-Za-z0-9_*-]{1,63}\.)*[A-Za-z0-9_*-]{1,63}\.?$/
const MAX_PLAIN_LENGTH = 253
const MAX_LABEL_OCTETS = 63
const MAX_NAME_OCTETS = 255
/** Every octet as `\DDD`. */
const MAX_TEXT_LENGTH = MAX_NAME_OCTETS * 4

/** The labels of a name as they are written, first label first; none for the root. Pure. */
export const dnsLabels = (name: string): readonly string[] => name.match(LABEL) ?? []

/** The octets of one written label; undefined where `\DDD` is above 255 or a character is not ASCII. Pure. */
export const parseDnsLabel = (text: string): Buffer | undefined => {
  const octets: number[] = []
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      octets.push(text.charCodeAt(i))
    } else if (/^[0-9]{3}$/.test(text.slice(i + 1, i + 4))) {
      octets.push(Number(text.slice(i + 1, i + 4)))
      i += 3
    } else {
      octets.push(text.charCodeAt(++i))
    }
  }
  return octets.every(octet => octet <= 255) ? Buffer.from(octets) : undefined
}

/** One label as text in the single form that names are compared in. Pure. */
export const formatDnsLabel = (octets: Buffer): string => {
  let text = ''
  for (const octet of octets) {
    if (octet === 0x2e || octet === 0x5c) text += `\\${String.fromCharCode(octet)}`
    else if (octet > 0x20 && octet < 0x7f) text += String.fromCharCode(octet)
    else text += `\\${String(octet).padStart(3, '0')}`
  }
  return text
}

/** An absolute name, with or without the dot at its end, in its single form; undefined where it is none. Pure. */
export const parseDnsName = (text: string, count?: CountSteps): string | undefined => {
  if (text === '.') return ''
  if (text.length > MAX_TEXT_LENGTH) return undefined
  count?.(text.length)
  if (text.length <= MAX_PLAIN_LENGTH && PLAIN.test(text))
    return text.endsWith('.') ? text.slice(0, -1) : text
  if (!WHOLE.test(text)) return undefined
  const labels = dnsLabels(text).map(parseDnsLabel)
  const formatted: string[] = []
  let octets = 1
  for (const label of labels) {
    if (label === undefined || label.length > MAX_LABEL_OCTETS) return undefined
    count?.(1 + label.length)
    octets += label.length + 1
    formatted.push(formatDnsLabel(label))
  }
  return octets <= MAX_NAME_OCTETS ? formatted.join('.') : undefined
}

/** The form in which two names are equal (RFC 4343): ASCII letters in lower case. Pure. */
export const foldDnsName = (name: string): string => name.toLowerCase()

/** A name as an administrator writes it, folded and without a dot at its end; what is no name is only folded. Pure. */
export const foldWrittenName = (text: string): string => foldDnsName(parseDnsName(text) ?? text)

/** Whether a name is the ancestor itself or below it, ignoring case. Pure. */
export const isAtOrBelow = (name: string, ancestor: string): boolean => {
  const [below, above] = [foldDnsName(name), foldDnsName(ancestor)]
  if (above === '' || below === above) return true
  if (!below.endsWith(`.${above}`)) return false
  const dot = below.length - above.length - 1
  return !isEscaped(below, dot)
}

/** The name without its first label; undefined for the root. Pure. */
export const parentName = (name: string): string | undefined =>
  name === '' ? undefined : dnsLabels(name).slice(1).join('.')

/** The names from `ancestor` down to `name`, both included; none where it is not below it. Pure. */
export const namesDownTo = (name: string, ancestor: string): readonly string[] => {
  if (!isAtOrBelow(name, ancestor)) return []
  const labels = dnsLabels(name)
  const steps = labels.length - dnsLabels(ancestor).length
  return Array.from({ length: steps + 1 }, (_, step) => labels.slice(steps - step).join('.'))
}

/** The name as it goes over the wire, uncompressed (RFC 1035, section 3.1). The name must have been parsed. */
export const toWireName = (name: string, count?: CountSteps): Buffer => {
  count?.(name.length)
  const parts = dnsLabels(name).flatMap(label => {
    const octets = parseDnsLabel(label) ?? Buffer.alloc(0)
    return [Buffer.from([octets.length]), octets]
  })
  return Buffer.concat([...parts, Buffer.from([0])])
}

const isEscaped = (text: string, at: number): boolean => {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}
