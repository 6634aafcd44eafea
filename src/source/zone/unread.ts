import { type Diagnostic, warningAt } from '../../diagnostic/diagnostic.ts'
import type { Place } from '../../model/catalog.ts'
import { dnsLabels, parentName } from '../../model/dns-name.ts'
import { parseHostname } from '../../model/host-query.ts'
import type { AnswerRecord } from '../dns/answer.ts'
import { askFollowing } from '../dns/follow.ts'
import { aliasMembership, isOwnName, type ZoneView } from '../dns/host.ts'
import type { IsRead, Unread } from '../source.ts'
import { lookUpInZone } from './lookup.ts'
import { readTexts } from './txt.ts'
import { membershipTexts, parsePlace, type TxtStyle } from './txt-place.ts'
import { recordOrigin, type Zone, type ZoneNode } from './zone.ts'

/** Every owner that is written as a place of memberships, or nearly so, and that no host reads. */
export const unreadInZone = async (
  view: ZoneView,
  zone: Zone,
  isRead: IsRead,
  signal: AbortSignal,
): Promise<Unread> => {
  const found = await Promise.all(
    [...zone.nodes].flatMap(([owner, node]) => {
      const written = writtenAt(owner, node)
      return written === undefined ? [] : [unreadAt({ view, zone }, written, isRead, signal)]
    }),
  )
  const strays = [...zone.nodes].flatMap(([owner, node]) => strayDefinition(zone, owner, node))
  return {
    places: found.flatMap(({ places }) => places),
    diagnostics: [...found.flatMap(({ diagnostics }) => diagnostics), ...strays],
  }
}

/** An owner that somebody meant to be a place, and the host or domain that it is about. */
type Written = Pick<Place, 'kind' | 'name'> & {
  readonly owner: string
  readonly node: ZoneNode
  readonly about: string
  /** Undefined for an owner that is none of the conventions. */
  readonly style: TxtStyle | 'default' | undefined
}

/**
 * What an owner is written as (contract, section 2.1):
 *
 *     `_fai.<host>`               the host, underscore
 *     `_default._fai.<domain>`    the domain
 *     `_fai` further to the right a slip, such as `web01._fai.<domain>`
 *     no `_fai`, a TXT `fai=`     the host, prefix
 */
const writtenAt = (owner: string, node: ZoneNode): Written | undefined => {
  if (!node.has('TXT') && !node.has('CNAME')) return undefined
  const labels = dnsLabels(owner)
  const depth = labels.indexOf('_fai')
  if (depth < 0) {
    const style = 'prefix'
    return isClassOwner(labels) || textsAt(recordsAt('', owner, node), style).length === 0
      ? undefined
      : { kind: 'host', name: owner, owner, node, about: owner, style }
  }
  const about = labels.slice(depth + 1).join('.')
  if (depth === 0) return { kind: 'host', name: about, owner, node, about, style: 'underscore' }
  if (depth === 1 && labels[0] === '_default')
    return { kind: 'domain', name: `_default._fai.${about}`, owner, node, about, style: 'default' }
  return { kind: 'host', name: owner, owner, node, about, style: undefined }
}

type Zones = { readonly view: ZoneView; readonly zone: Zone }

const unreadAt = async (
  { view, zone }: Zones,
  written: Written,
  isRead: IsRead,
  signal: AbortSignal,
): Promise<Unread> => {
  const { owner, node, kind, name, about, style } = written
  const obstacle = obstacleTo({ view, zone }, written)
  if (obstacle === undefined && isRead(written)) return NOTHING
  const followed =
    node.has('TXT') || obstacle !== undefined
      ? { records: recordsAt(zone.apex, owner, node), diagnostics: [] }
      : await askFollowing(view.own, view.readers, owner, 'TXT', signal)
  const texts = textsAt(followed.records, style)
  const [first] = texts
  if (first === undefined) return { places: [], diagnostics: followed.diagnostics }

  const unread = (why: string): readonly Diagnostic[] => [
    warningAt('place-unread', `no host reads this: ${why}`, first.origin),
  ]
  const isAlias = kind === 'host' && lookUpInZone(zone, about, 'A').kind === 'alias'
  // What is switched off is not ours to judge.
  if (isSwitchedOff(view, style)) return { places: [], diagnostics: unread(obstacle ?? '') }
  const warnings =
    obstacle === undefined && isAlias
      ? aliasMembership(about, await canonicalName(view, about, signal), followed.records)
      : unread(obstacle ?? absenceOf(written))
  const { value, diagnostics } = parsePlace(kind, name, texts)
  return { places: value === undefined ? [] : [value], diagnostics: [...warnings, ...diagnostics] }
}

const NOTHING: Unread = { places: [], diagnostics: [] }

/** Why nobody could ever read the place, whatever hosts there are; undefined where a host could. */
const obstacleTo = ({ view, zone }: Zones, { owner, about, style }: Written): string | undefined => {
  if (style === undefined) return 'a membership stands at _fai.<host> or _default._fai.<domain>'
  if (isSwitchedOff(view, style)) return `the style ${style} is not among those of the source`
  if (dnsLabels(owner).includes('*')) return 'an answer made from a wildcard does not count'
  const answer = lookUpInZone(zone, owner, 'TXT')
  if (answer.kind === 'delegated') return `it is below the zone cut at ${answer.cut}`
  return isOwnName(view, about) ? undefined : `${about} is in another zone of the sources`
}

const isSwitchedOff = ({ styles }: ZoneView, style: Written['style']): boolean =>
  style !== undefined && style !== 'default' && !styles.includes(style)

const absenceOf = ({ kind, about }: Written): string => {
  if (kind === 'domain') return `there is no host below ${about}`
  return parseHostname(about) === undefined
    ? `"${about}" is not a host name`
    : `${about} is no host; it has neither an address nor a class here, and no entry elsewhere`
}

const canonicalName = async (view: ZoneView, alias: string, signal: AbortSignal): Promise<string> =>
  (await askFollowing(view.own, view.readers, alias, 'A', signal)).owner

const recordsAt = (apex: string, owner: string, node: ZoneNode): readonly AnswerRecord[] =>
  (node.get('TXT') ?? node.get('CNAME') ?? []).map(record => ({
    rdata: record.rdata,
    origin: recordOrigin(apex, owner, record),
  }))

const textsAt = (records: readonly AnswerRecord[], style: Written['style']): ReturnType<typeof readTexts> => {
  const texts = readTexts(records)
  return style === 'prefix' ? membershipTexts(texts, ['prefix'], () => false) : texts
}

const isClassOwner = (labels: readonly string[]): boolean => labels.includes('_class')

/** A definition that is no `<CLASS>._class.<zone>`, or stands at a wildcard. */
const strayDefinition = (zone: Zone, owner: string, node: ZoneNode): readonly Diagnostic[] => {
  const labels = dnsLabels(owner)
  const [record] = node.get('TXT') ?? []
  if (record === undefined || !isClassOwner(labels)) return []
  const own = zone.apex === '' ? '_class' : `_class.${zone.apex}`
  const isWildcard = labels[0] === '*'
  if (parentName(owner) === own && !isWildcard) return []
  const why = isWildcard
    ? 'an answer made from a wildcard does not count'
    : `a definition stands at <CLASS>.${own}`
  return [warningAt('place-unread', `no host reads this: ${why}`, recordOrigin(zone.apex, owner, record))]
}
