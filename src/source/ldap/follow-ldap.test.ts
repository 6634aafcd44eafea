import t, { type Test } from 'tap'
import { type FollowedSource, followSource } from '../../testing/followed-source.ts'
import { type AskedSync, startSyncServer } from '../../testing/sync-server.ts'
import type { LiveSource } from '../live-source.ts'
import { type FollowLdapOptions, followLdap } from './follow-ldap.ts'
import type { SyncMessage } from './sync-message.ts'

const { signal } = new AbortController()

const uuidOf = (name: string): string => Buffer.from(name.padEnd(16)).toString('hex')

const sent = (name: string, membership: string, rest: { cookie?: string } = {}): SyncMessage => ({
  kind: 'entry',
  dn: `cn=${name},dc=x`,
  attributes: [
    { description: 'objectClass', values: [Buffer.from('device'), Buffer.from('faiMember')] },
    { description: 'cn', values: [Buffer.from(name)] },
    { description: 'faiMembership', values: [Buffer.from(membership)] },
  ],
  sync: { state: 'add', uuid: uuidOf(name), ...rest },
})

const done = (phase: 'present' | 'delete', cookie: string): SyncMessage => ({
  kind: 'phase-end',
  phase,
  done: true,
  cookie,
})

const ended = (code: number): SyncMessage => ({ kind: 'end', code, text: 'as the script says' })

type Following = FollowedSource & {
  readonly live: LiveSource
  readonly cookies: readonly (string | undefined)[]
}

const follow = async (
  t: Test,
  scripts: readonly ((asked: AskedSync) => void)[],
  options: Partial<FollowLdapOptions> = {},
): Promise<Following> => {
  const cookies: (string | undefined)[] = []
  const noting = scripts.map(script => (asked: AskedSync) => {
    cookies.push(asked.cookie)
    script(asked)
  })
  const server = await startSyncServer(noting)
  t.teardown(server.stop)
  const live = followLdap({
    url: server.url,
    base: 'dc=x',
    pollSeconds: 1,
    now: () => 1000,
    ...options,
    times: { pauseMs: 1, ...options.times },
  })
  const followed = followSource(live)
  t.teardown(followed.stop)
  return { ...followed, live, cookies }
}

/** Hosts and the classes of each, as memory says. */
const hostsOf = async ({ live }: Pick<Following, 'live'>): Promise<readonly string[]> => {
  const { value } = await live.source.readWhole(signal)
  const records = (value?.hosts ?? []).map(async host => {
    const { value: record } = await live.source.readHost(host, signal)
    return `${host.short} ${record?.places.flatMap(({ memberships }) => memberships.map(({ rest }) => rest))}`
  })
  return Promise.all(records)
}

const has =
  (following: Following, ...wanted: readonly string[]) =>
  async (): Promise<boolean> =>
    following.changes.length > 0 && (await hostsOf(following)).join() === wanted.join()

const stays = ({ hang: _, ...asked }: AskedSync): void =>
  asked.send(sent('a', 'ONE'), sent('b', 'TWO'), done('delete', '01'))

t.test('nothing of the refresh stage is seen before its end', async t => {
  const following = await follow(t, [
    ({ send }) => send(sent('a', 'ONE'), { kind: 'phase-end', phase: 'present', done: false }, ended(51)),
    stays,
  ])
  const { live, until, changes } = following
  await until(() => live.standing().fault !== undefined)
  t.match(live.standing(), { phase: 'loading', fault: { message: /busy \(result code 51\)/ } })
  t.equal(changes.length, 0)
  await until(has(following, 'a ONE', 'b TWO'))
  t.equal(changes.length, 1)
  t.strictSame(live.standing(), { name: live.source.name, phase: 'current', confirmedAtMs: 1000 })
})

t.test('a server that cannot go on from the cookie is asked for everything', async t => {
  const following = await follow(t, [
    ({ send }) => send(sent('a', 'ONE'), sent('b', 'TWO'), done('delete', '01'), ended(80)),
    ({ send }) => send(ended(4096)),
    ({ send }) => send(sent('b', 'NEW'), sent('c', 'SIX'), done('delete', '02')),
  ])
  await following.until(has(following, 'b NEW', 'c SIX'))
  t.strictSame(following.cookies, [undefined, '01', undefined])
  const last = following.changes.at(-1)
  t.strictSame(
    last?.hosts.map(({ short }) => short),
    ['a', 'b', 'c'],
  )
})

t.test('that it needs a refresh though it was asked for one is a fault', async t => {
  const following = await follow(t, [({ send }) => send(ended(4096)), stays])
  await following.until(() => following.live.standing().fault !== undefined)
  t.match(following.live.standing().fault?.message, /e-syncRefreshRequired/)
  await following.until(has(following, 'a ONE', 'b TWO'))
})

t.test('phases of a refresh: what is named by neither of them stays, or goes', async t => {
  const following = await follow(t, [
    ({ send }) => send(sent('a', 'A'), sent('b', 'B'), sent('c', 'C'), done('present', '01'), ended(80)),
    ({ send }) =>
      send(
        { kind: 'id-set', deletes: true, uuids: [uuidOf('a')] },
        sent('b', 'BB'),
        done('delete', '02'),
        ended(80),
      ),
    ({ send }) =>
      send({ kind: 'id-set', deletes: false, uuids: [uuidOf('c')] }, sent('d', 'D'), done('present', '03')),
  ])
  await following.until(has(following, 'b BB', 'c C'))
  await following.until(has(following, 'c C', 'd D'))
  t.strictSame(following.cookies, [undefined, '01', '02'])
})

t.test('what comes together is one change, with the cookie of the last', async t => {
  const following = await follow(t, [
    asked => {
      stays(asked)
      asked.send(
        sent('a', 'THREE', { cookie: '02' }),
        { kind: 'id-set', deletes: true, uuids: [uuidOf('b')] },
        { kind: 'new-cookie', cookie: '03' },
      )
    },
  ])
  await following.until(has(following, 'a THREE'))
  t.match(following.live.kept(), { cookie: '03', confirmedAtMs: 1000 })
  t.ok(following.changes.length <= 2)
})

t.test('an entry that it never sent: it is asked for everything, and nothing of this is seen', async t => {
  const following = await follow(t, [
    asked => {
      stays(asked)
      asked.send(ended(80))
    },
    ({ send }) =>
      send(
        { kind: 'id-set', deletes: false, uuids: [uuidOf('a'), uuidOf('x')] },
        done('present', '02'),
        sent('y', 'Y'),
      ),
    ({ send }) => send(sent('a', 'ONE'), sent('x', 'X'), done('delete', '03')),
  ])
  await following.until(has(following, 'a ONE', 'x X'))
  t.strictSame(following.cookies, [undefined, '01', undefined])
  t.notOk(following.changes.some(({ hosts }) => hosts.some(({ short }) => short === 'y')))
})

const faults: Record<string, { say: (asked: AskedSync) => void; message: RegExp }> = {
  'octets that are no message': {
    say: ({ sendOctets }) => sendOctets(Buffer.from('GET / HTTP/1.1\r\n')),
    message: /Expected 0x30: got 0x47/,
  },
  'a message beyond the bound': {
    say: ({ sendOctets }) => sendOctets(Buffer.from('308403000000', 'hex')),
    message: /longer than 33554432 octets/,
  },
  'a DN that is none': {
    say: ({ send }) =>
      send({ kind: 'entry', dn: 'x', attributes: [], sync: { state: 'add', uuid: uuidOf('x') } }),
    message: /"x", which is not a DN/,
  },
  'a reference': {
    say: ({ send }) => send({ kind: 'reference', urls: ['ldap://far.example.test/'] }),
    message: /part of the answer is at ldap:\/\/far\.example\.test/,
  },
  'success, which is no end': { say: ({ send }) => send(ended(0)), message: /the server ended the search/ },
  'a search that ends like refreshOnly': {
    say: ({ send }) => send({ kind: 'end', code: 0, text: '', sync: { deletes: true, cookie: '04' } }),
    message: /the server ended the search/,
  },
  silence: { say: ({ hang }) => hang(), message: /no byte within 2/ },
}

for (const [name, { say, message }] of Object.entries(faults))
  t.test(`${name}: the last whole state answers, and it is tried again`, async t => {
    const { promise, resolve } = Promise.withResolvers<AskedSync>()
    const script = (asked: AskedSync): void => {
      stays(asked)
      resolve(asked)
    }
    const following = await follow(t, [script, stays], { times: { probeMs: 1 } })
    const { live, until } = following
    await until(() => live.standing().phase === 'current')
    say(await promise)
    await until(() => live.standing().phase === 'behind')
    t.match(live.standing().fault, { code: 'source-unreachable', message })
    t.strictSame(await hostsOf(following), ['a ONE', 'b TWO'])
    await until(() => live.standing().phase === 'current')
    t.equal(live.standing().fault, undefined)
  })

t.test('a server that takes no notice of the control is polled', async t => {
  const unaware = { ...sent('a', 'ONE'), sync: undefined } as SyncMessage
  const following = await follow(t, [({ send }) => send(unaware, ended(0))], { times: { pollMs: 1 } })
  await following.until(() => following.live.standing().phase === 'current')
  t.strictSame(await hostsOf(following), [], 'other searches find nothing there')
})

t.test('after some time all of it is read anew', async t => {
  const following = await follow(t, [stays, ({ send }) => send(sent('a', 'ONE'), done('delete', '05'))], {
    times: { reloadMs: 1 },
  })
  await following.until(has(following, 'a ONE'))
  t.strictSame(following.cookies.slice(0, 2), [undefined, undefined])
})
