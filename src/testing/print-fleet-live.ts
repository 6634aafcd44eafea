import { readFileSync } from 'node:fs'
import { openLiveSite } from '../live/live-site.ts'
import type { SourceChange } from '../source/live-source.ts'
import type { ZoneNode } from '../source/zone/zone.ts'
import { textDirectory, textZone } from './text-sources.ts'

// print-fleet-live ZONE-FILE LDIF: follows both in memory, edits them, and prints what that took as JSON.

const [zonePath = '', ldifPath = ''] = process.argv.slice(2)
const zone = textZone({ zone: 'example.test' }, readFileSync(zonePath, 'latin1'))
const directory = textDirectory('dc=example,dc=test', readFileSync(ldifPath, 'utf8'))

/** The longest that anybody else had to wait meanwhile. */
const watchTurns = (): (() => number) => {
  let last = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
  }, 1)
  return () => {
    clearInterval(timer)
    return longest
  }
}

/** Milliseconds of a change until the lists say it, how many changed, and the longest wait of others. */
const timed = async (change: () => void) => {
  let changed = 0
  const stop = site.onChanges(({ changes }) => {
    changed += changes.length
  })
  const longestWait = watchTurns()
  const start = performance.now()
  change()
  await new Promise(resolve => setImmediate(resolve))
  await site.settled()
  const ms = performance.now() - start
  stop()
  return { ms, changed, waitMs: longestWait() }
}

/** Another text in the TXT record of an owner. */
const setText = (owner: string, text: string, change: Partial<SourceChange>): void =>
  zone.mutate(({ zone: { nodes } }) => {
    const node = nodes.get(owner) ?? new Map()
    const rdata = { kind: 'text', strings: [Buffer.from(text, 'latin1')] }
    const record = { owner, type: 'TXT', ttlSeconds: 300, rdata }
    ;(nodes as Map<string, ZoneNode>).set(owner, new Map([...node, ['TXT', [record]]]) as ZoneNode)
    return { keys: new Set([owner]), hosts: [], classes: [], origins: [], ...change }
  })

const start = performance.now()
const site = openLiveSite({
  sources: [zone, directory],
  resolution: { hostClass: 'short', unknownClass: 'warn' },
  configSpaceClasses: new Set(),
  now: Date.now,
  report: diagnostic => process.stderr.write(`${diagnostic.message}\n`),
})
await site.whole
const startSeconds = (performance.now() - start) / 1000
const classes = [...site.all()].reduce((sum, list) => sum + (list.classes?.length ?? 0), 0)
const firstMiB = process.resourceUsage().maxRSS / 1024
const rss = process.memoryUsage().rss / 2 ** 20

const oneHost = await timed(() => setText('_fai.h7.example.test', 'C7', {}))
const few = await timed(() => setText('C4.C.example.test', 'x', {}))
const ofTen = [...site.all()]
  .flatMap(({ classes: list = [] }) => list)
  .reduce((counts, name) => counts.set(name, (counts.get(name) ?? 0) + 1), new Map<string, number>())
const [rare = ''] =
  [...ofTen].find(
    ([name, count]) => count >= 10 && count < 60 && /^C\d+$/.test(name) && Number(name.slice(1)) < 2500,
  ) ?? []
const rareHosts = ofTen.get(rare)
const rareClass = await timed(() =>
  setText(`${rare.toLowerCase()}._class.example.test`, 'requires=C0 C1', {}),
)
const everyClass = await timed(() => setText('c0._class.example.test', 'requires=C4999', {}))
const description = await timed(() => setText('c0._class.example.test', 'requires=C4999', {}))
const domain = await timed(() => setText('_default._fai.example.test', 'C0 C1 C2', {}))
process.stdout.write(
  `${JSON.stringify({ startSeconds, hosts: site.hostCount(), classes, firstMiB, rss, oneHost, few, rare, rareHosts, rareClass, everyClass, description, domain, peakMiB: process.resourceUsage().maxRSS / 1024 }, undefined, 1)}\n`,
)
await site.close()
