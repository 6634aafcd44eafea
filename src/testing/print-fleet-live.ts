import { readFileSync } from 'node:fs'
import { restoreState, stateStore } from '../live/kept-states.ts'
import { type LiveSite, openLiveSite } from '../live/live-site.ts'
import { followDns } from '../source/dns/follow-dns.ts'
import type { LiveSource } from '../source/live-source.ts'
import { FOLLOWED_QUESTION } from '../source/snapshot-question.ts'
import { toZoneContents } from '../source/zone/contents.ts'
import type { ReadZone } from '../source/zone/read.ts'
import type { ZoneNode } from '../source/zone/zone.ts'
import type { TextLiveSource } from './text-live-source.ts'
import { textDirectory, textZone } from './text-sources.ts'

// print-fleet-live ZONE-FILE LDIF SNAPSHOTS [restored]: follows both in memory, edits them and keeps the zone, or begins with
// the zone that was kept; prints what that took as JSON.

const [zonePath = '', ldifPath = '', snapshots = '', mode = 'read'] = process.argv.slice(2)
const zone = 'example.test'
const { store } = stateStore(snapshots, { zone })
const mib = (octets: number): number => octets / 2 ** 20

/** The longest time in which nobody else had a turn. */
const watchTurns = (): (() => number) => {
  let last = performance.now()
  let longestMs = 0
  const look = (): void => {
    longestMs = Math.max(longestMs, performance.now() - last)
    last = performance.now()
  }
  const timer = setInterval(look, 1)
  return () => {
    clearInterval(timer)
    look()
    return longestMs
  }
}

const timed = async (run: () => Promise<unknown>): Promise<{ ms: number; waitMs: number }> => {
  const longestMs = watchTurns()
  const start = performance.now()
  await run()
  return { ms: performance.now() - start, waitMs: longestMs() }
}

const follow = async (sources: readonly LiveSource[]) => {
  const site = openLiveSite({
    sources,
    resolution: { hostClass: 'short', unknownClass: 'warn' },
    configSpaceClasses: new Set(),
    now: Date.now,
    report: diagnostic => process.stderr.write(`${diagnostic.message}\n`),
  })
  const first = await timed(() => site.whole)
  return { site, first }
}

/** Puts one text at an owner, and waits for the lists that follow from it. */
const edit = async (site: LiveSite, source: TextLiveSource<ReadZone>, owner: string, text: string) => {
  let changed = 0
  const stop = site.onChanges(({ changes }) => {
    changed = changes.length
  })
  const time = await timed(async () => {
    source.mutate(({ zone: { nodes } }) => {
      const record = {
        owner,
        type: 'TXT',
        ttlSeconds: 300,
        rdata: { kind: 'text', strings: [Buffer.from(text)] },
      } as const
      ;(nodes as Map<string, ZoneNode>).set(owner, new Map([...(nodes.get(owner) ?? []), ['TXT', [record]]]))
      return { keys: new Set([owner]), hosts: [], classes: [], origins: [] }
    })
    await site.settled()
  })
  stop()
  return { ...time, changed }
}

/** A class of the zone that about ten hosts have. */
const rareClass = (site: LiveSite): string => {
  const names = Array.from({ length: 2500 }, (_, index) => `C${index}`)
  const counts = new Map(names.map(name => [name, 0]))
  for (const { classes = [] } of site.all())
    for (const name of classes) {
      const count = counts.get(name)
      if (count !== undefined) counts.set(name, count + 1)
    }
  const [rare = ''] = names.sort(
    (a, b) => Math.abs((counts.get(a) ?? 0) - 10) - Math.abs((counts.get(b) ?? 0) - 10),
  )
  return rare.toLowerCase()
}

const readAndEdit = async () => {
  const source = textZone({ zone }, readFileSync(zonePath, 'latin1'))
  const { site, first } = await follow([
    source,
    textDirectory('dc=example,dc=test', readFileSync(ldifPath, 'utf8')),
  ])
  const firstMiB = mib(process.memoryUsage().rss)
  const warm = await edit(site, source, '_fai.h1.example.test', 'C7')
  const host = await edit(site, source, '_fai.h7.example.test', 'C7')
  const few = await edit(site, source, `${rareClass(site)}._class.example.test`, 'requires=C1 C2 NEW')
  const all = await edit(site, source, 'c0._class.example.test', 'requires=BASE')
  const domain = await edit(site, source, '_default._fai.example.test', 'C0 C1 C2')
  const keep = await timed(async () => {
    const { nodes } = source.current()?.zone ?? { nodes: new Map<string, ZoneNode>() }
    const records = [...nodes.values()].flatMap(node => [...node.values()].flat())
    const contents = toZoneContents(records.map(record => ({ ...record, ttlSeconds: 300 })))
    const answer = { confirmedAtMs: Date.now(), contents }
    await store.write(FOLLOWED_QUESTION, { savedAtMs: Date.now(), answer })
  })
  const hosts = site.hostCount()
  await site.close()
  return { hosts, first, firstMiB, warm, host, few, all, domain, keep }
}

const restore = async () => {
  const start = performance.now()
  const options = { store, maxAgeMs: 3_600_000, now: Date.now }
  const restored = await restoreState(options, ({ message }) => process.stderr.write(`${message}\n`))
  // Nobody listens there: the zone that was kept is all that there is.
  const source = followDns({ zone, servers: ['127.0.0.1:1'], restored })
  const { site, first } = await follow([
    source,
    textDirectory('dc=example,dc=test', readFileSync(ldifPath, 'utf8')),
  ])
  const ms = performance.now() - start
  const firstMiB = mib(process.memoryUsage().rss)
  const hosts = site.hostCount()
  const keep = await timed(async () => source.kept())
  await site.close()
  return { hosts, first: { ...first, ms }, firstMiB, keep }
}

const figures = mode === 'restored' ? await restore() : await readAndEdit()
process.stdout.write(JSON.stringify({ ...figures, peakMiB: process.resourceUsage().maxRSS / 1024 }))
