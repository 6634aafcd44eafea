import { foldDnsName } from '../model/dns-name.ts'
import type { ZoneView } from '../source/dns/host.ts'
import { applyEdit } from '../source/zone/change.ts'
import { editTo } from '../source/zone/edit.ts'
import { editedZone } from '../source/zone/edited-zone.ts'
import { lookUpInZone } from '../source/zone/lookup.ts'
import { type ReadZone, readZone, type ZoneOfFiles } from '../source/zone/read.ts'
import { zoneLists } from '../source/zone/whole.ts'
import { zoneSource } from '../source/zone/zone-source.ts'
import { type ZonefileOptions, zonefileName, zonefileView } from '../source/zone/zonefile-source.ts'
import type { FileKind, StateKind } from './file-kind.ts'

/** States of a zone. */
export const zoneKind = (options: ZonefileOptions): StateKind<ReadZone> => {
  const { zone, name } = zonefileName(options)
  let view: ZoneView | undefined
  return {
    name,
    open: (current, note) => {
      view = zonefileView(options, zone, async (owner, type) => {
        note(foldDnsName(owner))
        return lookUpInZone(current().zone, owner, type)
      })
      return zoneSource({
        name,
        view,
        load: async () => current(),
        describe: () => ({ name, state: 'file', ...serialOf(current()) }),
      })
    },
    lists: async (state, host, signal) => view !== undefined && zoneLists(view, state.zone, host, signal),
    compare: ({ zone: before }, { zone: after }) => {
      const records = [...before.nodes.values()].flatMap(node => [...node.values()].flat())
      return applyEdit(editedZone(zone, name, records), editTo(before, after.nodes))
    },
    serialOf: ({ zone: { serial } }) => serial,
  }
}

/** A master file, and those that it includes. */
export const zoneFileKind = (options: ZonefileOptions): FileKind<ZoneOfFiles> => {
  const { zone } = zonefileName(options)
  const kind: Omit<StateKind<ZoneOfFiles>, 'open'> & Pick<StateKind<ReadZone>, 'open'> = zoneKind(options)
  return {
    ...kind,
    path: options.path,
    read: async signal => {
      const read = await readZone(zone, options.path, signal)
      return { value: read, diagnostics: read.diagnostics }
    },
    pathsOf: ({ paths }) => paths,
  }
}

const serialOf = ({ zone: { serial } }: ReadZone): { readonly serial?: number } =>
  serial === undefined ? {} : { serial }
