import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { SourceError } from '../diagnostic/source-error.ts'
import { listenTcp } from '../server/tcp-listen.ts'
import { explainFault, listeningAt } from './serve-error.ts'

t.test('an address that somebody else listens at: its key, and the reason once', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const listening = listenTcp(createServer(), { host: '127.0.0.1', port })
  await t.rejects(listeningAt('serve.api.listen', listening), {
    name: 'EnvironmentError',
    message: `serve.api.listen: cannot listen at 127.0.0.1:${port} (TCP): address already in use`,
  })
})

t.test('what is no matter of the address stays as it is', async t => {
  const error = new SourceError('holds no token', { kind: 'option', option: 'serve.api.tokensFile' })
  const caught = await listeningAt('serve.api.listen', Promise.reject(error)).catch((cause: unknown) => cause)
  t.equal(caught, error)
})

const KEY = { kind: 'option', option: 'serve.api.tokensFile' } as const
const FILE = { kind: 'file', path: '/etc/reader.key' } as const
const PLACE = { kind: 'file', path: 'site.yaml', line: 4 } as const
const config = {
  originOf: (key: readonly PropertyKey[]) => (key.join(' ') === 'serve api tokensFile' ? PLACE : FILE),
}
const forbidden = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
const missing = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' })
const user = { name: 'fai-classes' }

const rows: Record<string, { error: SourceError; user?: typeof user; want: object }> = {
  'a file of tokens that is not there': {
    error: new SourceError('no such file', KEY, { cause: missing, code: 'config-invalid' }),
    user,
    want: { message: 'serve.api.tokensFile: no such file', origin: PLACE, code: 'config-invalid' },
  },
  'one that our user may not read': {
    error: new SourceError('not read', KEY, { cause: forbidden }),
    user,
    want: {
      message: 'serve.api.tokensFile: not read by the user "fai-classes" (serve.user)',
      origin: PLACE,
    },
  },
  'a secret that our user may not read': {
    error: new SourceError('tsig.secretFile cannot be read', FILE, { cause: forbidden }),
    user,
    want: {
      message: 'tsig.secretFile cannot be read by the user "fai-classes" (serve.user)',
      origin: FILE,
      cause: forbidden,
    },
  },
  'one that whoever started the program may not read': {
    error: new SourceError('tsig.secretFile cannot be read', FILE, { cause: forbidden }),
    want: { message: 'tsig.secretFile cannot be read', origin: FILE },
  },
}

for (const [name, { error, user, want }] of Object.entries(rows)) {
  t.test(name, async t => {
    const told = Promise.reject(error).catch(explainFault(config, user))
    t.match(await told.catch((cause: unknown) => cause), want)
  })
}
