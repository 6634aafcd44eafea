import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { SourceError } from '../diagnostic/source-error.ts'
import type { ClassName } from '../model/class-name.ts'
import type { BootConfig } from '../server/boot/boot-config.ts'
import { bootScripts, type LeaseHolders } from '../server/boot/boot-scripts.ts'
import { openBootStates } from '../server/boot/boot-states.ts'
import { installFiles } from '../server/boot/install-files.ts'
import { type BootEvent, nextState, type Wish } from '../server/boot/state.ts'
import { type BootStore, bootStore } from '../server/boot/store.ts'
import type { BootHost } from '../server/boot-host.ts'
import type { HttpAppOptions } from '../server/http/app.ts'
import { OrderRefusedError } from '../server/http/install-routes.ts'
import { formatTransaction } from '../server/transaction.ts'

/** The MAC of `web01.example.test`, the one host of the site. */
export const WEB01_MAC = '52:54:00:00:00:01'

/** The host itself. */
export const WEB01: BootHost = {
  short: 'web01',
  fqdn: 'web01.example.test',
  addresses: ['192.0.2.11'],
  classes: ['DEFAULT', 'DEBIAN', 'WEB', 'web01', 'LAST'] as ClassName[],
}

/** What machines boot there. */
export const BOOT: BootConfig = {
  kernel: 'vmlinuz',
  initrd: 'initrd.img',
  cmdline: 'console=ttyS0',
  flags: ['verbose', 'reboot'],
  byClass: {},
  configSpace: 'http://192.0.2.1:8080/config.tar.gz',
  afterFailure: 'local',
}

/** A site in a directory of its own, without a network. */
export type BootSite = {
  readonly directory: string
  readonly options: HttpAppOptions
  readonly store: BootStore
  /** Lines of the log so far. */
  readonly log: string[]
  /** Milliseconds since 1970; a test sets it. */
  readonly clock: { nowMs: number }
  readonly wish: (wish: Wish) => Promise<void>
}

/** What a test has otherwise. */
export type BootSiteOptions = {
  readonly directory?: string
  /** `web01` has 192.0.2.11 where it is absent; undefined where no leases are known. */
  readonly leases?: LeaseHolders | undefined
  readonly boot?: Partial<BootConfig>
  readonly unknownHosts?: 'ignore' | 'discover'
  readonly onLog?: (line: string) => void
  readonly now?: () => number
}

const NOON_MS = Date.UTC(2026, 10, 22, 12)

/** A directory for the time of a test. */
export const bootDirectory = async (t: Pick<Test, 'teardown'>): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-boot-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await mkdir(join(directory, 'root'))
  return directory
}

/** Opens a site in a directory of `bootDirectory`, which holds the files of an earlier one, if there was any. */
export const openBootSite = async (directory: string, given: BootSiteOptions = {}): Promise<BootSite> => {
  const clock = { nowMs: NOON_MS }
  const log: string[] = []
  const now = given.now ?? (() => clock.nowMs)
  const state = join(directory, 'state')
  const store = bootStore(join(state, 'boot'))
  const report: HttpAppOptions['report'] = transaction => {
    log.push(formatTransaction(transaction))
    given.onLog?.(formatTransaction(transaction))
  }
  const states = await openBootStates({ store, now, random: randomBytes, report })
  const who = {
    identify: identifyWeb01,
    leases: 'leases' in given ? given.leases : { macAt: (address: string) => LEASES[address] },
    unknownHosts: given.unknownHosts ?? 'ignore',
  } as const
  const boot = { ...BOOT, ...given.boot }
  const scripts = bootScripts({ ...who, states, boot, serverUrl: 'http://192.0.2.1:8080', report })
  return {
    directory,
    store,
    log,
    clock,
    wish: wish => apply(store, { kind: 'wish', wish }, now()),
    options: {
      ...who,
      root: join(directory, 'root'),
      states,
      scripts,
      files: installFiles(state),
      facts: ['EFI', 'NVME', 'LATER', 'WRONG'] as ClassName[],
      orderFor,
      report,
      metrics: async () => 'requests 1\n',
    },
  }
}

const LEASES: Readonly<Record<string, string>> = {
  '192.0.2.11': WEB01_MAC,
  '192.0.2.99': '52:54:00:00:00:99',
}

const identifyWeb01: HttpAppOptions['identify'] = async ({ mac }) => {
  if (mac === '52:54:00:00:00:ff')
    throw new SourceError('no server answers', { kind: 'server', server: 'ns1' })
  return mac === WEB01_MAC ? WEB01 : 'unknown'
}

/** `LATER` stands for a source that cannot be read now, `WRONG` for a class list with an error. */
const orderFor: HttpAppOptions['orderFor'] = async (host, facts) => {
  if (facts.includes('LATER' as ClassName))
    throw new SourceError('no server answers', { kind: 'server', server: 'ns1' })
  if (facts.includes('WRONG' as ClassName)) throw new OrderRefusedError('WEB conflicts with DATABASE')
  return { lookup: { host, classes: [...WEB01.classes, ...facts] }, addresses: WEB01.addresses }
}

const apply = (store: BootStore, event: BootEvent, nowMs: number): Promise<void> =>
  store.update(WEB01.fqdn, before => ({ ...nextState(before, event, nowMs), answer: undefined }))
