import type { CountSteps } from '../../model/steps.ts'
import { parseDnValue } from './dn-value.ts'

/** One `type=value` of a relative distinguished name; the type is folded, the value is as written. */
export type DnPart = { readonly type: string; readonly value: string }

/** A relative distinguished name: one part, or several joined by `+`. */
export type Rdn = {
  readonly parts: readonly DnPart[]
  /** With the case of the values as written, without needless blanks and escapes. */
  readonly text: string
  /** The form in which two spellings of one RDN are the same string. */
  readonly normal: string
}

/** A checked distinguished name, the entry's own RDN first. */
export type Dn = { readonly rdns: readonly Rdn[]; readonly text: string; readonly normal: string }

/** A parsed DN, or where it stops being one; `offset` counts characters from the start. */
export type DnResult =
  | { readonly ok: true; readonly dn: Dn }
  | { readonly ok: false; readonly offset: number }

/**
 * Parses a distinguished name (RFC 4514, section 3); blanks around `,`, `+` and
 * `=` are allowed as most servers do. Pure, but for `known`, which keeps the
 * parents met so far by their text: a long list of DNs then costs one RDN each.
 *
 *     distinguishedName = [ rdn *( "," rdn ) ]
 *     rdn               = type "=" value *( "+" type "=" value )
 *     type              = descr / numericoid
 *     value             = string / "#" 1*hexpair
 */
export const parseDn = (text: string, known?: Map<string, Dn>, count?: CountSteps): DnResult => {
  const rdns: Rdn[] = []
  let parentOffset = text.length
  const done = (ancestor: Dn): DnResult => {
    const [own, ...others] = rdns
    const parent = others.reduceRight((above, rdn) => {
      count?.(above.rdns.length + above.text.length)
      return childOf(above, rdn)
    }, ancestor)
    if (parent !== ROOT) known?.set(text.slice(parentOffset), parent)
    return { ok: true, dn: own === undefined ? parent : childOf(parent, own) }
  }
  let offset = skipBlanks(text, 0)
  if (offset === text.length) return done(ROOT)
  for (;;) {
    count?.(text.length - offset)
    const ancestor = rdns.length === 0 ? undefined : known?.get(text.slice(offset))
    if (ancestor !== undefined) return done(ancestor)
    const parts: Part[] = []
    for (;;) {
      TYPE.lastIndex = offset
      const type = TYPE.exec(text)
      count?.(Math.max(1, TYPE.lastIndex - offset))
      if (type === null) return { ok: false, offset: skipBlanks(text, offset) }
      const value = parseDnValue(text, TYPE.lastIndex, count)
      if (!value.ok) return value
      parts.push({ type: foldAttribute(type[1] as string), ...value })
      offset = value.end + 1
      if (text[value.end] !== '+') break
    }
    // The work below grows with the square of the depth, and no directory is that deep.
    if (rdns.length === MAX_RDNS) return { ok: false, offset }
    rdns.push(toRdn(parts))
    if (rdns.length === 1) parentOffset = offset
    if (offset > text.length) return done(ROOT)
  }
}

/** RDNs of a DN. */
const MAX_RDNS = 256

/** The DN of the entry above, `depth` RDNs long; the whole DN where it is no longer. */
export const ancestorOf = (dn: Dn, depth: number): Dn =>
  depth >= dn.rdns.length ? dn : putBelow(ROOT, dn.rdns.slice(dn.rdns.length - depth))

/** The DN of an entry that has these RDNs below another, its own first. */
export const putBelow = (above: Dn, rdns: readonly Rdn[]): Dn => rdns.reduceRight(childOf, above)

/** Whether the entry is the base itself or stands below it. */
export const isBelow = (dn: Dn, base: Dn): boolean => {
  const surplus = dn.rdns.length - base.rdns.length
  return surplus >= 0 && base.rdns.every((rdn, index) => rdn.normal === dn.rdns[index + surplus]?.normal)
}

/** The order of DNs: by the bytes of their normalized form. */
export const compareDns = (a: Dn, b: Dn): number => compareBytes(a.normal, b.normal)

/** The order of two texts by their UTF-8 bytes. */
export const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/**
 * An attribute description as it is compared: without case and options, and by
 * one of its names where it has several (RFC 4514, section 3; RFC 4519).
 */
export const foldAttribute = (description: string): string => {
  const semicolon = description.indexOf(';')
  const type = (semicolon < 0 ? description : description.slice(0, semicolon)).toLowerCase()
  return ALIASES.get(type) ?? type
}

type Part = DnPart & { readonly text: string; readonly normal: string }

const toRdn = (parts: readonly Part[]): Rdn => {
  const written = parts.map(({ type, text }) => `${type}=${text}`)
  const normal = parts.map(part => `${part.type}=${part.normal}`)
  if (parts.length > 1) normal.sort(compareBytes)
  return {
    parts: parts.map(({ type, value }) => ({ type, value })),
    text: written.join('+'),
    normal: normal.join('+'),
  }
}

const ROOT: Dn = { rdns: [], text: '', normal: '' }

const childOf = (parent: Dn, rdn: Rdn): Dn =>
  parent === ROOT
    ? { rdns: [rdn], text: rdn.text, normal: rdn.normal }
    : {
        rdns: [rdn, ...parent.rdns],
        text: `${rdn.text},${parent.text}`,
        normal: `${rdn.normal},${parent.normal}`,
      }

const skipBlanks = (text: string, offset: number): number => {
  let at = offset
  while (text[at] === ' ') at += 1
  return at
}

/** With a bound: on an OID of megabytes the expression would run out of stack. */
const TYPE = /[ ]*([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+){0,127})[ ]*=/y

/** Long names and numbers of the attributes that RFC 4514 gives a short name. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  [
    ['cn', 'commonname', '2.5.4.3'],
    ['l', 'localityname', '2.5.4.7'],
    ['st', 'stateorprovincename', '2.5.4.8'],
    ['o', 'organizationname', '2.5.4.10'],
    ['ou', 'organizationalunitname', '2.5.4.11'],
    ['c', 'countryname', '2.5.4.6'],
    ['street', 'streetaddress', '2.5.4.9'],
    ['dc', 'domaincomponent', '0.9.2342.19200300.100.1.25'],
    ['uid', 'userid', '0.9.2342.19200300.100.1.1'],
  ].flatMap(([short = '', ...others]) => others.map((other): [string, string] => [other, short])),
)
