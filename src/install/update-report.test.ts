import t from 'tap'
import { warningAt } from '../diagnostic/diagnostic.ts'
import type { RunRecord } from '../model/run-record.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { formatUpdateReport, type UpdateFacts, updateReport } from './update-report.ts'

const wanted = {
  classes: ['DEFAULT', 'BASE', 'OLD', 'LAST'],
  packages: { install: ['mc'] },
  templates: { '/etc/motd': { class: 'BASE', sha256: 'aa' }, '/etc/old': { class: 'OLD', sha256: 'aa' } },
  scripts: { 'BASE/10-a': 'aa' },
}
const previous: RunRecord = {
  ...{ version: 1, host: 'web01', action: 'softupdate', finishedAt: '2026-11-22T12:00:00.000Z' },
  ...wanted,
  touched: {},
}
const facts: UpdateFacts = {
  ...{ host: 'web01', check: false, previous, wanted, code: 0 },
  packages: [],
  packageReports: [],
  scripts: [],
}
const held = warningAt('package-held', 'the host holds "mc", so "mc" is left out', {
  kind: 'file',
  path: '/space/package_config/BASE',
  line: 2,
})

const change: UpdateFacts = {
  ...facts,
  wanted: {
    classes: ['DEFAULT', 'BASE', 'NEW', 'LAST'],
    packages: { install: ['nginx'], remove: ['mc'] },
    templates: { '/etc/motd': { class: 'NEW', sha256: 'bb' }, '/etc/new': { class: 'NEW', sha256: 'aa' } },
    scripts: { 'BASE/10-a': 'bb', 'NEW/10-b': 'aa' },
  },
  packages: [
    { package: 'libc6:amd64', from: '2.36-1', to: '2.36-2' },
    { package: 'mc:amd64', from: '4.8' },
    { package: 'nginx:all', to: '1.22' },
  ],
  packageReports: [{ dropped: [], diagnostics: [held], changes: [] }],
  scripts: [{ script: 'NEW/10-b', paths: ['/etc', '/etc/1', '/etc/2', '/etc/3', '/etc/4', '/etc/5', '/x'] }],
}

const TEXTS: Readonly<Record<string, [UpdateFacts, string]>> = {
  'nothing changed': [facts, 'nothing changed (since 2026-11-22T12:00:00.000Z)'],
  'nothing to change': [{ ...facts, check: true }, 'nothing to change (since 2026-11-22T12:00:00.000Z)'],
  'nothing changed, and something is held': [
    { ...facts, packageReports: change.packageReports },
    `nothing changed (since 2026-11-22T12:00:00.000Z)
  warning package-held: /space/package_config/BASE:2: the host holds "mc", so "mc" is left out`,
  ],
  'of everything something': [
    change,
    `changed (since 2026-11-22T12:00:00.000Z):
  classes: +NEW -OLD
  asked of packages: +nginx +remove mc -mc
  templates: +/etc/new -/etc/old ~/etc/motd
  scripts: +NEW/10-b ~BASE/10-a
  package libc6:amd64 2.36-1 became 2.36-2
  package mc:amd64 4.8 removed
  package nginx:all 1.22 installed
  script NEW/10-b changed /etc, /etc/1, /etc/2, /etc/3, /etc/4 and 2 more
  warning package-held: /space/package_config/BASE:2: the host holds "mc", so "mc" is left out`,
  ],
  'without an earlier run, what the host is to be is no change': [
    { ...change, previous: undefined, check: true, packageReports: [], scripts: [] },
    `would change (no earlier run is known; scripts are not run):
  package libc6:amd64 2.36-1 became 2.36-2
  package mc:amd64 4.8 removed
  package nginx:all 1.22 installed`,
  ],
}

for (const [title, [given, text]] of Object.entries(TEXTS)) {
  t.test(`for people: ${title}`, async t => {
    t.equal(formatUpdateReport(updateReport(given)), text)
  })
}

t.test('as JSON it is what the schema says', async t => {
  for (const [given] of Object.values(TEXTS)) {
    t.equal(await schemaFaults('softupdate', JSON.stringify(updateReport(given))), '')
  }
})

t.test('it names the run that it compares with, and nothing of what only makes it', async t => {
  t.strictSame(Object.keys(updateReport(change)).sort(), [
    ...['check', 'code', 'difference', 'host', 'packageDiagnostics', 'packages', 'scripts', 'since'],
  ])
  t.notOk('since' in updateReport({ ...change, previous: undefined }))
})
