import t from 'tap'
import type { ClassName } from '../model/class-name.ts'
import type { ResolutionOptions } from '../resolve/assignment.ts'
import type { ZoneReader } from '../source/dns/answer.ts'
import { knownClassesIn } from '../source/gather.ts'
import type { LiveSource } from '../source/live-source.ts'
import { nameOf } from '../source/order.ts'
import type { Source } from '../source/source.ts'
import type { TxtStyle } from '../source/zone/txt-place.ts'
import { type FreshHost, freshLists } from '../testing/fresh-lists.ts'
import { isLong, type Random, randomFrom, runSeed } from '../testing/random.ts'
import { LDIF_EDITS, type TextEdit, ZONE_EDITS } from '../testing/random-edit.ts'
import { drawSite } from '../testing/random-site.ts'
import type { TextLiveSource } from '../testing/text-live-source.ts'
import { textDirectory, textZone } from '../testing/text-sources.ts'
import { type LiveSite, openLiveSite } from './live-site.ts'

const BASE = 'dc=example,dc=test'

/** How a site is read: its styles, and what an unknown class is. */
type Setting = {
  readonly styles: readonly TxtStyle[]
  readonly isDirectoryFirst: boolean
  readonly resolution: ResolutionOptions
}

/** The sources of a site as text, in their order, that know each other's classes. */
const openTexts = (
  texts: readonly [string, string],
  { styles }: Setting,
): readonly TextLiveSource<unknown>[] => {
  const readers: ZoneReader[] = []
  const all: Source[] = []
  const knownClasses = knownClassesIn(() => all, new Set())
  const sources = [
    textZone({ zone: 'example.test', readers, styles, knownClasses }, texts[0]),
    textDirectory(BASE, texts[1]),
  ]
  all.push(...sources.map(({ source }) => source))
  return sources
}

/** The same sources, with the names of the hosts that were read. */
const watchReading = (sources: readonly TextLiveSource<unknown>[]) => {
  const read = new Set<string>()
  const watched = sources.map((live): LiveSource => {
    const readHost: Source['readHost'] = (host, signal) => {
      read.add(nameOf(host))
      return live.source.readHost(host, signal)
    }
    return { ...live, source: { ...live.source, readHost } }
  })
  return { read, watched }
}

const inOrder = <T>(sources: readonly T[], { isDirectoryFirst }: Setting): readonly T[] =>
  isDirectoryFirst ? sources.toReversed() : sources

const openSite = (sources: readonly LiveSource[], setting: Setting): LiveSite =>
  openLiveSite({
    sources: inOrder(sources, setting),
    resolution: setting.resolution,
    configSpaceClasses: new Set(),
    now: () => 0,
    report: () => {},
  })

const readFresh = async (texts: readonly [string, string], setting: Setting) => {
  const sources = openTexts(texts, setting)
  const { signal } = new AbortController()
  for (const live of sources) void live.follow({ changed: apply => void apply(), stood: () => {} }, signal)
  return freshLists(
    inOrder(sources, setting).map(({ source }) => source),
    setting.resolution,
  )
}

const SETTINGS: Record<string, Setting> = {
  'as usual': {
    styles: ['underscore', 'prefix'],
    isDirectoryFirst: false,
    resolution: { hostClass: 'short', unknownClass: 'warn' },
  },
  'bare texts, unknown classes are errors, full names': {
    styles: ['underscore', 'prefix', 'bare'],
    isDirectoryFirst: true,
    resolution: { hostClass: 'fqdn', unknownClass: 'error' },
  },
}
const EDITS = isLong() ? 2000 : 25
const HOSTS = 20

type Edited = {
  readonly at: number
  readonly texts: readonly [string, string]
  readonly fresh: ReadonlyMap<string, FreshHost>
}

/** An edit of one of the texts that its source can read, and the lists that it leads to. */
const drawEdit = async (
  random: Random,
  texts: readonly [string, string],
  setting: Setting,
): Promise<Edited> => {
  for (;;) {
    const at = random.below(2)
    const edit: TextEdit = random.pick(at === 0 ? ZONE_EDITS : LDIF_EDITS)
    const text = edit(random, texts[at] ?? '')
    const next: readonly [string, string] = at === 0 ? [text, texts[1]] : [texts[0], text]
    try {
      const fresh = await readFresh(next, setting)
      if (text !== texts[at]) return { at, texts: next, fresh }
    } catch {
      // Such as a CNAME beside something else.
    }
  }
}

/** Lists as they have to be: the last whole one of each host, and what stands against a newer one. */
const lastWhole = () => {
  const last = new Map<string, readonly ClassName[] | undefined>()
  return (fresh: ReadonlyMap<string, FreshHost>): string => {
    for (const name of last.keys()) if (!fresh.has(name)) last.delete(name)
    for (const [name, { classes }] of fresh) last.set(name, classes ?? last.get(name))
    return toText([...fresh].map(([name, { faults }]) => [name, last.get(name), faults]))
  }
}

const inForce = (site: LiveSite): string =>
  toText([...site.all()].map(({ name, classes, faults }) => [name, classes, faults.map(({ code }) => code)]))

/** Whoever listens has these lists; a change that does not begin where the last one ended is thrown. */
const listen = (site: LiveSite): (() => string) => {
  const told = new Map<string, readonly ClassName[]>()
  site.onChanges(({ changes }) => {
    for (const { name, before, after } of changes) {
      if (JSON.stringify(told.get(name)) !== JSON.stringify(before)) throw new Error(`before of ${name}`)
      if (after === undefined) told.delete(name)
      else told.set(name, after)
    }
  })
  return () => toText([...told])
}

const lists = (site: LiveSite): string =>
  toText([...site.all()].flatMap(({ name, classes }) => (classes === undefined ? [] : [[name, classes]])))

const toText = (rows: readonly (readonly unknown[])[]): string =>
  rows
    .map(row => JSON.stringify(row))
    .sort()
    .join('\n')

for (const [title, setting] of Object.entries(SETTINGS)) {
  const seed = runSeed()
  t.test(`after each edit every list is that of a fresh resolution: ${title}, seed ${seed}`, async t => {
    const random = randomFrom(seed)
    const { zone, ldif } = drawSite(seed, HOSTS)
    let texts: readonly [string, string] = [zone, ldif]
    const sources = openTexts(texts, setting)
    const { read, watched } = watchReading(sources)
    const site = openSite(watched, setting)
    const told = listen(site)
    const wanted = lastWhole()
    await site.whole
    t.equal(inForce(site), wanted(await readFresh(texts, setting)), 'at the start')
    let reread = 0
    const faulty: number[] = []
    for (let edit = 0; edit < EDITS; edit++) {
      const edited = await drawEdit(random, texts, setting)
      texts = edited.texts
      read.clear()
      sources[edited.at]?.edit(texts[edited.at] ?? '')
      await site.settled()
      reread += read.size
      if (inForce(site) !== wanted(edited.fresh) || told() !== lists(site)) faulty.push(edit)
    }
    t.strictSame(faulty, [], 'edits after which a list is another')
    t.ok(reread < (EDITS * HOSTS) / 4, `${reread} hosts were read again`)
    await site.close()
  })
}
