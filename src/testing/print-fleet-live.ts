import { readFileSync } from 'node:fs'
import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { restoreState, stateStore } from '../live/kept-states.ts'
import { type LiveSite, openLiveSite } from '../live/live-site.ts'
import { followDns } from '../source/dns/follow-dns.ts'
import type { LiveSource } from '../source/live-source.ts'
import { FOLLOWED_QUESTION } from '../source/snapshot-question.ts'
import { type EditedNamed, startEditedNamed } from './edited-named.ts'
import { openNotifyPort } from './followed-zone.ts'
import { textDirectory } from './text-sources.ts'

// print-fleet-live ZONE-FILE LDIF SNAPSHOTS transferred|restored: follows the zone at a named of its own, beside the directory in
// memory, edits it there and keeps it, or begins with the zone that was kept; prints what that took as JSON.

const [zonePath = '', ldifPath = '', snapshots = '', mode = ''] = process.argv.slice(2)
const zone = 'example.test'
const { store } = stateStore(snapshots, { zone })
const report = ({ message }: Diagnostic): void => void process.stderr.write(`${message}\n`)
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

/** Follows a zone beside the directory, until the first lists are there. */
const follow = async (source: LiveSource) => {
  const directory = textDirectory('dc=example,dc=test', readFileSync(ldifPath, 'utf8'))
  const site = openLiveSite({
    sources: [source, directory],
    resolution: { hostClass: 'short', unknownClass: 'warn' },
    configSpaceClasses: new Set(),
    now: Date.now,
    report,
  })
  const first = await timed(() => site.whole)
  return { site, hosts: site.hostCount(), first, firstMiB: mib(process.memoryUsage().rss) }
}

/** Puts one text at an owner, and waits from the acknowledgement for the lists that follow from it. */
const edit = async (site: LiveSite, named: EditedNamed, owner: string, text: string) => {
  const told = Promise.withResolvers<number>()
  const stop = site.onChanges(({ changes }) => told.resolve(changes.length))
  await named.setText(owner, text)
  const time = await timed(() => told.promise)
  stop()
  return { ...time, changed: await told.promise }
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

const transferAndEdit = async () => {
  const { port, followed, stop } = await openNotifyPort()
  const named = await startEditedNamed({ name: zone, path: zonePath }, port)
  const source = followDns({ zone, servers: [named.server] })
  followed.push(source)
  const { site, ...start } = await follow(source)
  const warm = await edit(site, named, '_fai.h1.example.test', 'C7')
  const host = await edit(site, named, '_fai.h7.example.test', 'C7')
  const few = await edit(site, named, `${rareClass(site)}._class.example.test`, 'requires=C1 C2 NEW')
  const all = await edit(site, named, 'c0._class.example.test', 'requires=BASE')
  const domain = await edit(site, named, '_default._fai.example.test', 'C0 C1 C2')
  const keep = await timed(() =>
    store.write(FOLLOWED_QUESTION, { savedAtMs: Date.now(), answer: source.kept() }),
  )
  await Promise.all([site.close(), named.stop(), stop()])
  return { ...start, warm, host, few, all, domain, keep }
}

const restore = async () => {
  const start = performance.now()
  const options = { store, maxAgeMs: 3_600_000, now: Date.now }
  // Nobody listens there: the zone that was kept is all that there is.
  const source = followDns({
    zone,
    servers: ['127.0.0.1:1'],
    restored: await restoreState(options, report),
  })
  const { site, first, ...rest } = await follow(source)
  const ms = performance.now() - start
  await site.close()
  return { ...rest, first: { ...first, ms } }
}

const figures = mode === 'restored' ? await restore() : await transferAndEdit()
process.stdout.write(JSON.stringify({ ...figures, peakMiB: process.resourceUsage().maxRSS / 1024 }))
