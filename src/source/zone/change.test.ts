import t from 'tap'
import { DELTA_ZONE, zoneDelta, zoneRecord, zoneSoa } from '../../testing/zone-delta.ts'
import type { TransferredRecord } from '../../wire/dns/transfer-reader.ts'
import { applyEdit } from './change.ts'
import { editOfDeltas } from './edit.ts'
import { editedZone } from './edited-zone.ts'

type Records = readonly TransferredRecord[]

const change = (records: Records, deleted: Records, added: Records) => {
  const edited = editedZone(DELTA_ZONE, 'dns example.test', [zoneSoa(1), ...records])
  const result = editOfDeltas(edited.read.zone, [zoneDelta(1, deleted, added)])
  if (!result.ok) throw new Error(result.reason)
  return applyEdit(edited, result.edit)
}

const web = zoneRecord('_fai.web01', 'TXT', 'WEB')
const address = zoneRecord('web01', 'A', '192.0.2.1')
const definition = zoneRecord('WEB._class', 'TXT', 'requires=NGINX')
const cut = zoneRecord('sub', 'NS', 'ns.example.test')
const records = [web, address, definition, cut]
const host = { short: 'web01', fqdn: 'web01.example.test' }

const ROWS: Record<string, { deleted?: Records; added?: Records; records?: Records; want: unknown }> = {
  'nothing but a serial': { want: { keys: new Set(), hosts: [], classes: [], origins: [], serial: 2 } },
  'a membership': {
    deleted: [web],
    added: [zoneRecord('_fai.web01', 'TXT', 'DB')],
    want: {
      keys: new Set(['_fai.web01.example.test']),
      hosts: [host],
      classes: [],
      origins: [{ kind: 'record', zone: 'example.test', owner: '_fai.web01.example.test', type: 'TXT' }],
    },
  },
  'an address that goes': {
    deleted: [address],
    want: { keys: new Set(['web01.example.test']), hosts: [host], origins: [{ type: 'A' }] },
  },
  'another spelling or TTL of the same': {
    deleted: [web],
    added: [{ ...web, owner: '_FAI.WEB01.example.test', ttlSeconds: 9 }],
    want: { keys: new Set(), hosts: [], origins: [] },
  },
  'a definition': {
    added: [zoneRecord('WEB._class', 'TXT', 'after=SITE')],
    want: { keys: new Set(['web._class.example.test']), hosts: [], classes: ['WEB'] },
  },
  'the last definition goes': {
    deleted: [definition],
    want: { keys: new Set(['web._class.example.test', '_class.example.test']), classes: ['WEB'] },
  },
  'the first definition comes': {
    records: [web],
    added: [zoneRecord('Db._class', 'TXT', 'after=SITE')],
    want: { keys: new Set(['db._class.example.test', '_class.example.test']), classes: ['Db'] },
  },
  'the default of a domain': {
    added: [zoneRecord('_default._fai', 'TXT', 'DEBIAN')],
    want: { keys: new Set(['_default._fai.example.test']), hosts: [], classes: [] },
  },
  'the target of aliases comes': {
    records: [
      zoneRecord('_fai.web01', 'CNAME', 'Role.example.test'),
      zoneRecord('role', 'CNAME', 'x._role.example.test'),
      zoneRecord('WEB._class', 'CNAME', 'x._role.example.test'),
      zoneRecord('_fai.web02', 'CNAME', 'other.example.test'),
    ],
    added: [zoneRecord('x._role', 'TXT', 'WEB')],
    want: {
      keys: new Set(['x._role.example.test']),
      hosts: [{ fqdn: 'x._role.example.test' }, { fqdn: 'role.example.test' }, host],
      classes: ['WEB'],
    },
  },
  'the target of an alias that goes with it': {
    records: [zoneRecord('_fai.web01', 'CNAME', 'role.example.test'), zoneRecord('role', 'TXT', 'WEB')],
    deleted: [zoneRecord('_fai.web01', 'CNAME', 'role.example.test'), zoneRecord('role', 'TXT', 'WEB')],
    want: {
      hosts: [host, { fqdn: 'role.example.test' }],
      keys: new Set(['_fai.web01.example.test', 'role.example.test']),
    },
  },
  'a zone cut': { added: [zoneRecord('lab', 'NS', 'ns.example.test')], want: { keys: 'all' } },
  'a zone cut that goes': { deleted: [cut], want: { keys: 'all' } },
  'a server of the zone itself': {
    added: [zoneRecord('', 'NS', 'ns.example.test')],
    want: { keys: new Set(), origins: [] },
  },
  'a fault of the zone': {
    added: [zoneRecord('web01', 'CNAME', 'x.example.test')],
    want: { keys: 'all' },
  },
}

for (const [title, { deleted = [], added = [], records: before = records, want }] of Object.entries(ROWS)) {
  t.test(title, async t => {
    t.match(change(before, deleted, added), want as object)
    const { keys } = change(before, deleted, added)
    const wanted = (want as { keys: unknown }).keys
    t.strictSame(keys, wanted)
  })
}

t.test('of many records 20 are told', async t => {
  const many = Array.from({ length: 50 }, (_, i) => zoneRecord(`h${i}`, 'A', '192.0.2.1'))
  const { keys, hosts, origins } = change([], [], many)
  t.strictSame([keys === 'all' ? 0 : keys.size, hosts.length, origins.length], [50, 50, 20])
})
