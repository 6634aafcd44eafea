import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { fakeLists, THREE_HOSTS } from '../../testing/api-site.ts'
import { withFiles } from '../../testing/site-files.ts'
import { type Credentials, readTokens, refusalOf } from './admission.ts'
import { openApiServer } from './open-api-server.ts'

const TOKEN = 'first-token-of-the-file_'

const KEY = { kind: 'option', option: 'serve.api.tokensFile' }

/** Files of tokens, and what is wrong with them. */
const files: Readonly<Record<string, { text: string; mode: number; want: RegExp | number }>> = {
  'two tokens and a comment': { text: `# who: why\n${TOKEN} # first\n\n${TOKEN}2\n`, mode: 0o640, want: 2 },
  'no token': { text: '# none yet\n', mode: 0o600, want: /^\/\S+ holds no token$/ },
  'a short one': { text: `${TOKEN}\nshort\n`, mode: 0o600, want: /^\/\S+: line 2 is no token/ },
  'read by everybody': { text: TOKEN, mode: 0o644, want: /can be read by everybody \(chmod o-r\)$/ },
}

for (const [name, { text, mode, want }] of Object.entries(files)) {
  t.test(`a file of tokens: ${name}`, async t => {
    await withFiles({ tokens: text }, async directory => {
      const path = join(directory, 'tokens')
      await chmod(path, mode)
      if (typeof want === 'number') t.equal((await readTokens(path)).length, want)
      else await t.rejects(readTokens(path), { message: want, code: 'config-invalid', origin: KEY })
    })
  })
}

t.test('no file of tokens', async t => {
  const message = /^ENOENT: .* '\/nowhere\/tokens'$/
  await t.rejects(readTokens('/nowhere/tokens'), { message, code: 'config-invalid', origin: KEY })
})

t.test('a token of the file is let in, and no other', async t => {
  await withFiles({ tokens: `${TOKEN}\n${TOKEN}2\n` }, async directory => {
    const path = join(directory, 'tokens')
    await chmod(path, 0o600)
    const admission = { kind: 'tokens', digests: await readTokens(path) } as const
    const of = (bearer: Credentials['bearer']) => refusalOf(admission, { host: 'example.test', bearer })
    t.equal(of(TOKEN), undefined)
    t.equal(of(`${TOKEN}2`), undefined)
    t.equal(of(`${TOKEN}3`), 'token-wrong')
    t.equal(of(undefined), 'token-wrong')
  })
})

const options = {
  lists: fakeLists(THREE_HOSTS),
  catalog: () => new Map(),
  explain: async () => ({}),
  whatIf: async () => undefined,
  history: undefined,
  metrics: async () => '',
  report: () => {},
  now: () => 0,
}

t.test(
  'beyond loopback without tokens and certificates: an error before it listens, with the key',
  async t => {
    const beyond = { ...options, listen: { host: '192.0.2.1', port: 0 } }
    await t.rejects(openApiServer(beyond), {
      message:
        /^"192\.0\.2\.1" is beyond loopback, which takes serve\.api\.tokensFile or serve\.api\.tls\.clientCaFile$/,
      origin: { kind: 'option', option: 'serve.api.listen' },
    })
    const tls = { certFile: '/nonexistent/c.pem', keyFile: '/nonexistent/k.pem' }
    await t.rejects(openApiServer({ ...beyond, tls }), {
      code: 'config-invalid',
      origin: { option: 'serve.api.tls.certFile' },
    })
  },
)

t.test('tokens are read anew while it answers; a file that is wrong leaves the old ones', async t => {
  await withFiles({ tokens: `${TOKEN}\n` }, async directory => {
    const tokensFile = join(directory, 'tokens')
    await chmod(tokensFile, 0o600)
    const server = await openApiServer({ ...options, tokensFile, listen: { host: '127.0.0.1', port: 0 } })
    t.teardown(() => server.close(0))
    const url = `http://127.0.0.1:${server.address.port}/healthz`
    const statusWith = async (token: string) => {
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
      await answer.arrayBuffer()
      return answer.status
    }
    t.equal(await statusWith(TOKEN), 200)
    await writeFile(tokensFile, 'x')
    await t.rejects(server.rereadTokens(), { code: 'config-invalid', origin: KEY })
    t.equal(await statusWith(TOKEN), 200)
    await writeFile(tokensFile, `${TOKEN}2`)
    await server.rereadTokens()
    t.equal(await statusWith(TOKEN), 401)
    t.equal(await statusWith(`${TOKEN}2`), 200)
  })
})
