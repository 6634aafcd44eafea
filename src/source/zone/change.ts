import { isDeepStrictEqual } from 'node:util'
import type { Diagnostic, Origin } from '../../diagnostic/diagnostic.ts'
import type { HostName } from '../../model/catalog.ts'
import { type ClassName, parseClassName } from '../../model/class-name.ts'
import { dnsLabels, parentName } from '../../model/dns-name.ts'
import type { ReadKey, SourceChange } from '../live-source.ts'
import { isSameData, type ZoneEdit } from './edit.ts'
import type { EditedZone } from './edited-zone.ts'
import { definesClasses } from './lookup.ts'
import { hostOf } from './whole.ts'
import { recordOrigin, type Zone, type ZoneNode } from './zone.ts'

/** What a question for whether any class is defined reads: no owner of a definition has this name. */
export const definitionsKey = (apex: string): ReadKey => (apex === '' ? '_class' : `_class.${apex}`)

/** Types that questions are answered from; others may change as they like. */
const READ_TYPES = ['A', 'AAAA', 'CNAME', 'PTR', 'TXT']
/** Types that answer for names further down. */
const CUT_TYPES = ['NS', 'DNAME']
const MOST_ORIGINS = 20

/**
 * Makes an edit, and says what it means for what was read from the zone before. Keys are the owners of which something is read
 * and that became others.
 *
 *     what is wrong with the zone as a whole became other       all
 *     NS below the apex, or DNAME, came, went or changed        all
 *     the first definition of a class came, or the last went    that too
 *     the data of a type that is read                           the owner
 */
export const applyEdit = (
  edited: EditedZone,
  edit: ZoneEdit,
  outside?: readonly Diagnostic[],
): SourceChange => {
  const { read } = edited
  const { diagnostics } = read
  const { keys, ...rest } = changeOfEdit(edited, edit)
  edited.apply(edit, outside)
  const { serial } = read.zone
  return {
    ...rest,
    keys: isDeepStrictEqual(diagnostics, read.diagnostics) ? keys : 'all',
    ...(serial === undefined ? {} : { serial }),
  }
}

const changeOfEdit = (edited: EditedZone, edit: ZoneEdit): Omit<SourceChange, 'serial'> => {
  const { zone } = edited.read
  const touched = new Set<string>()
  const origins: Origin[] = []
  let [isCutEdited, areDefinitionsEdited] = [false, false]
  for (const [owner, after] of edit) {
    const before = zone.nodes.get(owner)
    const changed = (type: string): boolean => !isSameData(before?.get(type), after?.get(type))
    isCutEdited ||= CUT_TYPES.some(type => !(type === 'NS' && owner === zone.apex) && changed(type))
    areDefinitionsEdited ||= isBelowClasses(zone, owner) && before?.has('TXT') !== after?.has('TXT')
    const types = READ_TYPES.filter(changed)
    if (types.length > 0) touched.add(owner)
    for (const type of types) {
      const [record] = after?.get(type) ?? before?.get(type) ?? []
      if (record !== undefined && origins.length < MOST_ORIGINS)
        origins.push(recordOrigin(zone.apex, record.owner, record))
    }
  }
  const about = subjectsOf(edited, edit, touched)
  if (areDefinitionsEdited && definesClasses(zone) !== willDefineClasses(zone, edit))
    touched.add(definitionsKey(zone.apex))
  return { keys: isCutEdited ? 'all' : touched, ...about, origins }
}

/** The hosts and classes that owners are about, also those of their aliases: one may be no host before its target is there. */
const subjectsOf = (
  { read: { zone }, leadingTo }: EditedZone,
  edit: ZoneEdit,
  touched: ReadonlySet<string>,
): Pick<SourceChange, 'hosts' | 'classes'> => {
  const hosts = new Map<string, HostName>()
  const classes: ClassName[] = []
  for (const owner of leadingTo(touched)) {
    const host = hostOf(owner)
    if (host !== undefined) hosts.set(host, { short: dnsLabels(host)[0] ?? host, fqdn: host })
    const className = classAt(zone.apex, owner, edit.get(owner) ?? zone.nodes.get(owner))
    if (className !== undefined) classes.push(className)
  }
  return { hosts: [...hosts.values()], classes }
}

/** The class whose definition stands at an owner, as it is spelled there. */
const classAt = (apex: string, owner: string, node: ZoneNode | undefined): ClassName | undefined => {
  const record = (node?.get('TXT') ?? node?.get('CNAME'))?.[0]
  if (record === undefined || parentName(owner) !== definitionsKey(apex)) return undefined
  return parseClassName(dnsLabels(record.owner)[0] ?? '')
}

const isBelowClasses = ({ apex }: Zone, owner: string): boolean => owner.endsWith(`.${definitionsKey(apex)}`)

const willDefineClasses = (zone: Zone, edit: ZoneEdit): boolean =>
  [...edit].some(([owner, node]) => isBelowClasses(zone, owner) && node?.has('TXT')) ||
  definesClasses(zone, owner => !edit.has(owner))
