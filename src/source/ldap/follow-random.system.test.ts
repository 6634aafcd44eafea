import t from 'tap'
import type { HostName } from '../../model/catalog.ts'
import { followSource } from '../../testing/followed-source.ts'
import { randomFrom, runSeed } from '../../testing/random.ts'
import { editedDirectory } from '../../testing/random-directory-edits.ts'
import { startSlapd } from '../../testing/slapd.ts'
import type { SourceChange } from '../live-source.ts'
import { nameOf } from '../order.ts'
import type { Source } from '../source.ts'
import { followLdap } from './follow-ldap.ts'
import { ldapSource } from './ldap-source.ts'

const base = 'dc=example,dc=test'
const { signal } = new AbortController()
const seed = runSeed()
const EDITS = 300
const BATCH = 20

type Noted = { readonly host: HostName; readonly record: string; readonly keys: ReadonlySet<string> }

const recordOf = async (source: Source, host: HostName): Promise<string> =>
  JSON.stringify(await source.readHost(host, signal))

const contentsOf = async (source: Source) => {
  const { value } = await source.readWhole(signal)
  const records = await Promise.all((value?.hosts ?? []).map(host => recordOf(source, host)))
  return { hosts: value?.hosts, definitions: value?.definitions, records }
}

t.test(`after ${EDITS} random edits memory says what the server says (seed ${seed})`, async t => {
  const { ldif, edit } = editedDirectory(randomFrom(seed))
  const slapd = await startSlapd({ ldif, syncprov: ['syncprov-sessionlog 1000'] })
  t.teardown(slapd.stop)
  const live = followLdap({
    url: slapd.url,
    base,
    pollSeconds: 1,
    now: () => Date.now(),
    times: { pauseMs: 50 },
  })
  const { until, changes, stop } = followSource(live)
  t.teardown(stop)
  await until(() => live.standing().phase === 'current')

  const noted = new Map<string, Noted>()
  const read = async (host: HostName): Promise<void> => {
    const keys = new Set<string>()
    const record = await live.noting(
      key => keys.add(key),
      () => recordOf(live.source, host),
    )
    noted.set(nameOf(host), { host, record, keys })
  }
  /** Reads again only what the changes touch. */
  const follow = async (news: readonly SourceChange[]): Promise<number> => {
    const touches = ({ keys }: Noted): boolean =>
      news.some(
        change =>
          change.keys === 'all' || [...keys].some(key => change.keys !== 'all' && change.keys.has(key)),
      )
    const touched = [...noted.values()].filter(touches).map(({ host }) => host)
    const hosts = new Map(
      [...touched, ...news.flatMap(({ hosts }) => hosts)].map(host => [nameOf(host), host]),
    )
    for (const host of hosts.values()) {
      noted.delete(nameOf(host))
      if (await live.lists(host, signal)) await read(host)
    }
    return hosts.size
  }
  const { value: whole } = await live.source.readWhole(signal)
  for (const host of whole?.hosts ?? []) await read(host)

  let reread = 0
  for (let edits = 0; edits < EDITS; edits += BATCH) {
    const seen = changes.length
    await slapd.modify(Array.from({ length: BATCH }, edit).join('\n'))
    const mark = `edit ${edits}`
    await slapd.modify(`dn: cn=WEB,${base}\nchangetype: modify\nreplace: description\ndescription: ${mark}\n`)
    await until(async () => {
      const { value } = await live.source.readWhole(signal)
      return value?.definitions.some(({ description }) => description === mark) ?? false
    })
    reread += await follow(changes.slice(seen))
    // In the middle, so that one refresh stage has edits of every kind.
    if (edits === EDITS / 2 - ((EDITS / 2) % BATCH)) await slapd.restart()
  }
  const fresh = ldapSource({ url: slapd.url, base })
  t.teardown(() => fresh.close())
  const wanted = await contentsOf(fresh)
  t.strictSame(await contentsOf(live.source), wanted)
  t.strictSame(
    [...noted.values()].map(({ host, record }) => [nameOf(host), record]).sort(),
    (wanted.hosts ?? []).map((host, index) => [nameOf(host), wanted.records[index]]).sort(),
    'what was read again when it was touched, and only then',
  )
  t.comment(`${reread} hosts were read again`)
})
