import t from 'tap'
import { parseRunRecord, type RunRecord } from './run-record.ts'

const record: RunRecord = {
  version: 1,
  host: 'web01',
  action: 'softupdate',
  finishedAt: '2026-11-22T12:00:00.000Z',
  classes: ['DEFAULT', 'WEB', 'web01', 'LAST'],
  packages: { install: ['nginx'] },
  templates: { '/etc/motd': { class: 'WEB', sha256: 'aa' } },
  scripts: { 'WEB/10-nginx': 'bb' },
  touched: { '/etc/motd': 'file 644 0:0 cc' },
}

t.test('a record is read as it was written', async t => {
  t.strictSame(parseRunRecord(JSON.stringify(record)), record)
})

const WRONG: Readonly<Record<string, unknown>> = {
  'no object': [record],
  nothing: null,
  'of another version': { ...record, version: 2 },
  'without a list of classes': { ...record, classes: 'WEB' },
  'a class that is no text': { ...record, classes: [1] },
  'packages as one list': { ...record, packages: ['nginx'] },
  'packages that are no lists': { ...record, packages: { install: 'nginx' } },
  'a template without its digest': { ...record, templates: { '/etc/motd': { class: 'WEB' } } },
  'a template that is a text': { ...record, templates: { '/etc/motd': 'WEB' } },
  'a script that is no text': { ...record, scripts: { 'WEB/10-nginx': 1 } },
  'nothing of what was touched': { ...record, touched: undefined },
  'a state that is no text': { ...record, touched: { '/etc/motd': {} } },
  'without its host': { ...record, host: undefined },
  'an hour that is no text': { ...record, finishedAt: 1 },
}

for (const [title, value] of Object.entries(WRONG)) {
  t.test(`${title}: it is no record`, async t => {
    t.equal(parseRunRecord(JSON.stringify(value)), undefined)
  })
}

t.test('a file that was cut is no record', async t => {
  t.equal(parseRunRecord(JSON.stringify(record).slice(0, -1)), undefined)
  t.equal(parseRunRecord(''), undefined)
})
