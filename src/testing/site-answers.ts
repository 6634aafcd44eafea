import { type LookupAnswer, lookUpIn } from '../command/look-up.ts'
import { lookupObject } from '../command/lookup-output.ts'
import { openSources } from '../command/open-sources.ts'
import { readSite } from '../command/whole-site.ts'
import { type Config, readConfig } from '../config/read-config.ts'
import { withoutRepeats } from '../diagnostic/without-repeats.ts'
import { resolveOne } from '../live/resolve-one.ts'
import { nameOf } from '../source/order.ts'
import { commandDeps } from './command-run.ts'
import { withoutPlaces } from './without-places.ts'

/** What a site says of each host, by the name that was asked for, as text without sources, paths and lines. */
export type SiteAnswers = ReadonlyMap<string, string>

/** No config space, no snapshot. */
const FRESH = { configSpaceClasses: new Set<string>(), fresh: true }

/** Hosts that are asked for at the same time. */
const IN_FLIGHT = 32

/** Reads the site of a configuration as a whole, and what it says of each of its hosts. Throws where that fails. */
export const answerWhole = async (path: string): Promise<SiteAnswers> => {
  const deps = commandDeps({ now: Date.now })
  const { site, diagnostics } = await readSite(await configAt(path), FRESH, deps)
  if (site === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '))
  const answers = new Map<string, string>()
  for (const host of site.hosts) {
    const { resolved } = await resolveOne(site, host, deps.signal)
    const name = nameOf(host)
    answers.set(name, toText(name, { host, resolved: resolved.value, diagnostics: resolved.diagnostics }))
  }
  return answers
}

/** Looks up each of these hosts as `lookup` does, all of them from sources that are opened once. */
export const answerEach = async (path: string, names: readonly string[]): Promise<SiteAnswers> => {
  const deps = commandDeps({ now: Date.now })
  const config = await configAt(path)
  const { sources } = await openSources(config, { now: deps.now, alsoKnown: new Set(), fresh: true })
  const request = { facts: [], added: [], ...FRESH }
  const answers = new Map<string, string>()
  const left = names.values()
  const work = async (): Promise<void> => {
    for (const host of left)
      answers.set(host, toText(host, await lookUpIn(sources, config, { ...request, host }, deps.signal)))
  }
  try {
    await Promise.all(Array.from({ length: IN_FLIGHT }, work))
    return answers
  } finally {
    await Promise.all(sources.map(source => source.close()))
  }
}

/** Names of which two sites say something else, with both texts; a host that one of them lacks is one of them. */
export const differences = (
  a: SiteAnswers,
  b: SiteAnswers,
): readonly (readonly [string, string | undefined, string | undefined])[] =>
  [...new Set([...a.keys(), ...b.keys()])]
    .map(name => [name, a.get(name), b.get(name)] as const)
    .filter(([, one = '{}', other = '{}']) => one !== other && mergeParts(one) !== mergeParts(other))

const configAt = async (path: string): Promise<Config> => {
  const { value, diagnostics } = await readConfig([path], '/')
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '))
  return value
}

type Answer = Pick<LookupAnswer, 'host' | 'resolved' | 'diagnostics'>

/** As `lookup --format json`, apart from what a server cannot say. */
const toText = (name: string, answer: Answer): string => {
  const diagnostics = withoutRepeats(answer.diagnostics)
  const object = lookupObject({ ...answer, diagnostics, sources: [] }, name, true)
  return JSON.stringify(withoutPlaces(object))
}

/** What may name the same place twice: two strings of one RRset have one place at a server and a line each in a file. */
const PLACED: ReadonlySet<string> = new Set(['by', 'notTaken', 'diagnostics', 'related'])

const mergeParts = (text: string): string => {
  const merge = (key: string, part: unknown): unknown =>
    PLACED.has(key) && Array.isArray(part)
      ? [...new Map(part.map(item => [JSON.stringify(item), item])).values()]
      : part
  return JSON.stringify(JSON.parse(text, merge))
}
