import { type ClassName, parseClassName } from '../model/class-name.ts'
import { dnsLabels, foldDnsName, parentName } from '../model/dns-name.ts'
import type { ZoneReader } from '../source/dns/answer.ts'
import { definedIn } from '../source/dns/class.ts'
import type { ZoneView } from '../source/dns/host.ts'
import type { SourceChange } from '../source/live-source.ts'
import { lookUpInZone } from '../source/zone/lookup.ts'
import { parseZoneFile } from '../source/zone/parse.ts'
import { DEFAULT_STYLES, type TxtStyle } from '../source/zone/txt-place.ts'
import { zoneLists } from '../source/zone/whole.ts'
import { buildZone, type Zone } from '../source/zone/zone.ts'
import { zoneSource } from '../source/zone/zone-source.ts'
import { faultless, type TextState } from './text-live-source.ts'

/** How such a zone is read. */
export type TextZoneOptions = {
  readonly zone: string
  readonly readers?: ZoneReader[]
  readonly styles?: readonly TxtStyle[]
  readonly knownClasses?: ZoneView['knownClasses']
}

/** A zone that is followed, as the text of a master file. */
export const textZone = (options: TextZoneOptions): TextState<Zone> => {
  const { zone, readers = [], styles = DEFAULT_STYLES } = options
  const name = `zone ${zone}`
  let view: ZoneView | undefined
  return {
    name,
    parse: text => {
      const { records, diagnostics } = parseZoneFile(text, { path: name, origin: zone })
      const built = buildZone(zone, name, faultless(records, diagnostics))
      return faultless(built.zone, built.diagnostics)
    },
    open: (current, note) => {
      const own: ZoneReader = {
        zone,
        ask: async (owner, type) => {
          note(`${foldDnsName(owner)} ${type}`)
          return lookUpInZone(current(), owner, type)
        },
      }
      readers.push(own)
      view = {
        own,
        readers,
        styles,
        knownClasses: options.knownClasses ?? definedIn({ own, readers }),
      }
      const load = async () => ({ zone: current(), diagnostics: [] })
      return zoneSource({ name, view, load, describe: () => ({ name, state: 'live' }) })
    },
    lists: async (state, host, signal) => view !== undefined && zoneLists(view, state, host, signal),
    compare: compareZones,
  }
}

const ASKED = ['A', 'AAAA', 'TXT', 'PTR']

/** Every owner is taken to have changed in all that is asked for, where anything of it did. */
const compareZones = (before: Zone, after: Zone): SourceChange => {
  const owners = [...new Set([...before.nodes.keys(), ...after.nodes.keys()])]
  const changed = owners.filter(owner => textOf(before, owner) !== textOf(after, owner))
  const named = [...changed, ...changed.flatMap(owner => aliasesOf([before, after], owner))]
  return {
    keys:
      before.hasCuts || after.hasCuts
        ? 'all'
        : new Set(changed.flatMap(owner => ASKED.map(type => `${owner} ${type}`))),
    hosts: named.map(owner => {
      const fqdn = owner.replace(/^_fai\./, '')
      return { short: dnsLabels(fqdn)[0] ?? fqdn, fqdn }
    }),
    classes: named.flatMap((owner): ClassName[] => {
      const isClass = parentName(owner) === `_class.${before.apex}`
      return isClass ? [parseClassName(owner.split('.', 1)[0] ?? '')].filter(each => each !== undefined) : []
    }),
    origins: changed.slice(0, 20).map(owner => ({ kind: 'record', zone: before.apex, owner, type: 'TXT' })),
    ...(after.serial === undefined ? {} : { serial: after.serial }),
  }
}

/** The data of an owner, without lines. */
const textOf = ({ nodes }: Zone, owner: string): string =>
  JSON.stringify(
    [...(nodes.get(owner) ?? [])].map(([type, records]) => [type, records.map(({ rdata }) => rdata)]),
  )

/** What leads to an owner at once. */
const aliasesOf = (zones: readonly Zone[], target: string): readonly string[] =>
  zones.flatMap(({ nodes }) =>
    [...nodes].flatMap(([owner, node]) => {
      const [record] = node.get('CNAME') ?? []
      return record?.rdata.kind === 'name' && foldDnsName(record.rdata.name) === target ? [owner] : []
    }),
  )
