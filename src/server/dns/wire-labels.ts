import { formatDnsLabel, toWireName } from '../../model/dns-name.ts'

/**
 * Labels of a name as they go over the wire, one octet a character (latin1), without the zero at the end. A text takes a third
 * of the memory of a Buffer, and is copied into a message as quickly.
 *
 *     | length 1 | octets | length 1 | octets ...
 */
export type WireLabels = string

/** The labels of a name that has been parsed. Pure. */
export const toWireLabels = (name: string): WireLabels => toWireName(name).subarray(0, -1).toString('latin1')

/** The form in which two names are equal (RFC 4343); an octet of length is at most 63, so none is a letter. Pure. */
export const foldLabels = (labels: WireLabels): WireLabels =>
  /[A-Z]/.test(labels) ? labels.replace(/[A-Z]/g, letter => letter.toLowerCase()) : labels

/** The labels behind the first one; there must be one. Pure. */
export const parentLabels = (labels: WireLabels): WireLabels => labels.slice(1 + labels.charCodeAt(0))

/** The labels as a domain name. Pure. */
export const formatLabels = (labels: WireLabels): string => {
  const octets = Buffer.from(labels, 'latin1')
  const parts: string[] = []
  for (let at = 0; at < octets.length; at += 1 + (octets[at] as number)) {
    parts.push(formatDnsLabel(octets.subarray(at + 1, at + 1 + (octets[at] as number))))
  }
  return parts.join('.')
}
