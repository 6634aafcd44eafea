import { createHash } from 'node:crypto'
import type { ClassDefinition } from '../model/catalog.ts'
import type { ClassListOf, ClassLists, ListChanges, SourceStanding } from '../model/class-lists.ts'
import type { HistoryEntry } from '../model/list-history.ts'
import type { Admission } from '../server/api/admission.ts'
import { type ApiAppOptions, apiApp } from '../server/api/app.ts'
import { openChangeStreams, type StreamLimits } from '../server/api/change-stream.ts'
import { formatTransaction } from '../server/transaction.ts'
import { changesAt, toClasses } from './history.ts'

const NOW = Date.UTC(2026, 10, 22, 12)

/** Lists that a test changes. */
export type FakeLists = ClassLists & { readonly change: (changes: ListChanges) => void }

/** Class lists of hosts, by full name; an empty text is a host without a list. */
export const fakeLists = (
  texts: Readonly<Record<string, string>>,
  standings: readonly SourceStanding[] = [
    { name: 'dns example.test', phase: 'current', confirmedAtMs: NOW - 3000 },
  ],
): FakeLists => {
  const listeners = new Set<(changes: ListChanges) => void>()
  const fault = {
    severity: 'error',
    code: 'syntax',
    message: 'a string does not parse',
    origin: { kind: 'record', zone: 'example.test', owner: '_fai.db01.example.test', type: 'TXT' },
  } as const
  const hosts = new Map<string, ClassListOf>(
    Object.entries(texts).map(([name, text]) => [
      name,
      {
        host: { short: name.replace(/\..*/, ''), fqdn: name },
        name,
        classes: text === '' ? undefined : toClasses(text),
        sinceMs: NOW,
        faults: text === '' ? [fault] : [],
      },
    ]),
  )
  return {
    all: () => [...hosts.values()].reverse(),
    find: name => hosts.get(name),
    hostCount: () => hosts.size,
    faultyCount: () => [...hosts.values()].filter(({ faults }) => faults.length > 0).length,
    hostsOf: name =>
      [...hosts.values()].filter(({ classes }) => classes?.includes(name)).map(host => host.name),
    standings: () => standings,
    onChanges: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    change: changes => {
      for (const listener of listeners) listener(changes)
    },
  }
}

/** Three hosts, of which one has no list. */
export const THREE_HOSTS = {
  'db01.example.test': '',
  'ns1.example.test': 'DEFAULT BASE ns1 LAST',
  'web01.example.test': 'DEFAULT BASE NGINX WEB web01 LAST',
}

const WEB: ClassDefinition = {
  name: 'WEB',
  requires: [{ weight: 1000, tokens: [], rest: 'NGINX', origin: { kind: 'file', path: 'zone' } }],
  after: [],
  conflicts: [],
  variables: [{ name: 'PORT', value: '80', origin: { kind: 'file', path: 'zone' } }],
  description: 'web servers',
  origin: { kind: 'record', zone: 'example.test', owner: 'WEB._class.example.test', type: 'TXT' },
  diagnostics: [],
}

const ENTRY: HistoryEntry = {
  id: 7,
  host: 'web01.example.test',
  before: toClasses('DEFAULT BASE web01 LAST'),
  after: toClasses('DEFAULT BASE NGINX WEB web01 LAST'),
  cause: { source: 'dns example.test', serial: 3, origins: [], atMs: NOW },
}

/** An API without a network, who asks it, and its log. */
export const openApiSite = (
  given: Partial<ApiAppOptions> & {
    readonly lists?: FakeLists
    readonly limits?: Partial<StreamLimits>
  } = {},
) => {
  const log: string[] = []
  const lists = given.lists ?? fakeLists(THREE_HOSTS)
  const streams = openChangeStreams(lists, NOW, given.limits)
  const options: ApiAppOptions = {
    lists,
    streams,
    catalog: () => new Map([['web', [WEB]]]),
    explain: async host => ({ host: host.replace(/\..*/, ''), fqdn: host, sources: [], diagnostics: [] }),
    whatIf: async source =>
      source === 'zonefile example.test'
        ? { hosts: [], sources: [], diagnostics: [], against: { sources: [], diagnostics: [] } }
        : undefined,
    history: {
      hostsNamed: () => [],
      of: host => (host === ENTRY.host ? [ENTRY] : []),
      ofClass: () => [ENTRY],
      listAt: () => undefined,
      standing: () => ({ phase: 'current', waiting: 0, isIncomplete: false }),
    },
    metrics: async () => 'fai_classes_hosts 3\n',
    report: transaction => log.push(formatTransaction(transaction)),
    now: () => NOW,
    admission: () => ({ kind: 'loopback' }),
    ...given,
  }
  const app = apiApp(options)
  return {
    log,
    lists,
    change: () => lists.change(changesAt(NOW, { 'web01.example.test': 'DEFAULT web01 LAST' })),
    close: streams.close,
    ask: async (path: string, request: RequestInit = {}) =>
      app.request(
        path,
        { ...request, headers: { host: 'localhost:8053', ...request.headers } },
        { incoming: { socket: { remoteAddress: '127.0.0.1' } } },
      ),
  }
}

/** Admission by one token. */
export const admitting = (token: string): Admission => ({
  kind: 'tokens',
  digests: [createHash('sha256').update(token).digest()],
})
