import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { SourceStanding } from '../model/class-lists.ts'
import type { LiveSource, SourceChange } from '../source/live-source.ts'
import { depsKind } from './deps-kind.ts'
import { type FollowedFile, followFile } from './follow-file.ts'
import { ldifKind } from './ldif-kind.ts'
import { zoneFileKind } from './zone-file-kind.ts'

const SOA = '@ 300 SOA ns1 hostmaster 7 3600 900 604800 300\n'
const signal = new AbortController().signal

/** What a followed source does, event by event: changes are made at once. */
const watch = (t: Test, source: LiveSource) => {
  const events: (SourceChange | SourceStanding)[] = []
  let heard = (): void => {}
  const add = (event: SourceChange | SourceStanding): void => {
    events.push(event)
    heard()
  }
  const ending = new AbortController()
  const following = source.follow(
    { changed: apply => add(apply()), stood: () => add(source.standing()) },
    ending.signal,
  )
  t.teardown(async () => {
    ending.abort()
    await following
  })
  /** The events from now on until one of them is as wanted. */
  return async (isWanted: (event: SourceChange | SourceStanding) => boolean) => {
    for (;;) {
      const at = events.findIndex(isWanted)
      if (at >= 0) return events.splice(0, at + 1)
      await new Promise<void>(resolve => {
        heard = resolve
      })
    }
  }
}

const isChange = (event: SourceChange | SourceStanding): event is SourceChange => 'keys' in event
const isPhase = (phase: SourceStanding['phase']) => (event: SourceChange | SourceStanding) =>
  'phase' in event && event.phase === phase

const open = <State>(kind: Parameters<typeof followFile<State>>[0]): FollowedFile =>
  followFile(kind, { pollSeconds: 3600, now: () => 5 })

t.test('a zone with what it includes: first as a whole, then what was edited', async t => {
  const directory = t.testdir({
    'site.zone': `${SOA}web01 300 A 192.0.2.1\n$INCLUDE more.zone\n`,
    'more.zone': '_fai.web01 300 TXT "WEB"\n',
  })
  const file = open(zoneFileKind({ zone: 'example.test', path: join(directory, 'site.zone') }))
  t.match(file.standing(), { phase: 'loading' })
  await t.rejects(
    file.source.readHost({ short: 'web01', fqdn: 'web01.example.test' }, signal),
    /was not read yet/,
  )
  const until = watch(t, file)
  t.match((await until(isChange)).at(-1), { keys: 'all', serial: undefined })
  t.match(file.standing(), { phase: 'current', serial: 7, confirmedAtMs: 5 })

  await writeFile(join(directory, 'more.zone'), '; moved\n_fai.web01 300 TXT "MAIL"\n')
  file.lookAgain()
  t.match((await until(isChange)).at(-1), {
    keys: new Set(['_fai.web01.example.test']),
    hosts: [{ fqdn: 'web01.example.test' }],
    origins: [{ owner: '_fai.web01.example.test', line: 2 }],
  })
  const read = await file.source.readHost({ short: 'web01', fqdn: 'web01.example.test' }, signal)
  t.match(read.value?.places, [{ memberships: [{ rest: 'MAIL' }] }])
  t.equal(file.kept(), undefined)
})

t.test('a file that is gone or wrong leaves the last whole state, until it is right again', async t => {
  const directory = t.testdir({ 'site.zone': `${SOA}web01 300 A 192.0.2.1\n` })
  const path = join(directory, 'site.zone')
  const file = open(zoneFileKind({ zone: 'example.test', path }))
  const until = watch(t, file)
  await until(isPhase('current'))
  for (const spoil of [() => rm(path), () => writeFile(path, `${SOA}web01 300 A 192.0.2.\n`)]) {
    await spoil()
    file.lookAgain()
    await until(isPhase('behind'))
    t.match(file.standing().fault, { severity: 'error', origin: { kind: 'file', path } })
    const { value } = await file.source.readHost({ short: 'web01', fqdn: 'web01.example.test' }, signal)
    t.equal(value?.known, true)
    await writeFile(`${path}.new`, `${SOA}web01 300 A 192.0.2.1\nweb02 300 A 192.0.2.2\n`)
    await rename(`${path}.new`, path)
    file.lookAgain()
    await until(isPhase('current'))
    t.equal(file.standing().fault, undefined)
  }
})

t.test('a file that was never right is waited for', async t => {
  const path = join(t.testdir(), 'site.ldif')
  const file = open(ldifKind({ base: 'dc=example,dc=test', path }))
  const until = watch(t, file)
  await until(event => 'fault' in event)
  t.match(file.standing(), { phase: 'loading', fault: { code: 'source-unreachable' } })
  await writeFile(path, 'dn: dc=example,dc=test\nobjectClass: domain\ndc: example\n')
  file.lookAgain()
  t.match((await until(isChange)).at(-1), { keys: 'all' })
})

t.test('it is looked at by itself too, and what is the same as before is no change', async t => {
  const directory = t.testdir({ 'WEB.deps': 'NGINX\n', 'PHP.deps': 'LIBS\n' })
  const file = followFile(depsKind(directory), { pollSeconds: 0.05, now: Date.now })
  const until = watch(t, file)
  await until(isChange)
  await mkdir(join(directory, 'else'))
  await writeFile(join(directory, 'WEB.deps'), '# moved\nNGINX PHP\n')
  const events = await until(event => isChange(event) && event.classes.length > 0)
  t.match(events.at(-1), { keys: new Set(['web']), classes: ['WEB'] })
  t.match(await file.source.readClasses(['WEB' as never, 'PHP' as never], signal), { length: 2 })
})
