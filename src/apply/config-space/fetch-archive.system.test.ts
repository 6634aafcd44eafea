import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { basename, join } from 'node:path'
import t from 'tap'
import { parseConfigSpaceUri } from '../../model/config-space-uri.ts'
import { FETCH_LIMITS, type FetchLimits } from '../../plan/config-space-fetch.ts'
import { withHttpServer } from '../../testing/file-server.ts'
import { runProgram } from '../../testing/run-program.ts'
import { withFiles } from '../../testing/site-files.ts'
import { makeRunner, searchPath } from '../runner.ts'
import { fetchConfigSpace } from './fetch-config-space.ts'

const SPACE = {
  'space/class/50-host': '#!/bin/sh\n',
  'space/scripts/WEB/10-a': 'a',
  'space/files/etc/x/WEB': 'x',
}

const fetchFrom = (
  uri: string,
  cacheDirectory: string,
  limits: FetchLimits = FETCH_LIMITS,
): Promise<string> => {
  const { value } = parseConfigSpaceUri(uri, '/')
  if (value === undefined) throw new Error(`"${uri}" is no URI`)
  const run = makeRunner(process.env)
  const signal = new AbortController().signal
  return fetchConfigSpace(value, { cacheDirectory, run, searchPath: searchPath(process.env), signal, limits })
}

/** Serves the files of a directory, and gives the requests to `special` first. */
const served =
  (directory: string, special: Readonly<Record<string, RequestListener>> = {}): RequestListener =>
  (request, response) => {
    const own = special[request.url ?? '']
    if (own !== undefined) return own(request, response)
    readFile(join(directory, basename(request.url ?? ''))).then(
      bytes => response.end(bytes),
      () => response.writeHead(404).end('not here'),
    )
  }

/** A directory with a config space packed as `NAME`, a server for it, and a cache; `tar` packs what is in `space`. */
const withArchive = (
  name: string,
  packed: (directory: string) => Promise<unknown>,
  use: (at: { directory: string; cache: string; uri: string; address: string }) => Promise<unknown>,
  special: Readonly<Record<string, RequestListener>> = {},
): Promise<unknown> =>
  withFiles(SPACE, async directory => {
    await chmod(join(directory, 'space/class/50-host'), 0o777)
    await packed(directory)
    return withHttpServer(served(directory, special), address =>
      use({ directory, cache: join(directory, 'cache'), uri: `${address}${name}`, address }),
    )
  })

const pack =
  (name: string, ...options: string[]) =>
  (directory: string): Promise<string> =>
    runProgram('tar', [
      '--create',
      '--auto-compress',
      `--file=${join(directory, name)}`,
      '-C',
      join(directory, 'space'),
      ...options,
      '.',
    ])

for (const name of ['c.tar', 'c.tar.gz', 'c.tgz', 'c.tar.bz2', 'c.tar.xz', 'c.txz', 'c.tar.zst', 'c.tzst']) {
  t.test(`${name} is unpacked, and nobody else may write`, async t => {
    await withArchive(name, pack(name), async ({ cache, uri }) => {
      const directory = await fetchFrom(uri, cache)
      t.strictSame((await readdir(directory)).sort(), ['class', 'files', 'scripts'])
      t.equal((await stat(join(directory, 'class/50-host'))).mode & 0o7777, 0o755)
      t.equal((await stat(cache)).mode & 0o777, 0o700)
      t.strictSame(await readdir(join(directory, '..')), ['config'], 'the archive is gone')
    })
  })
}

type Hostile = {
  readonly packed: (directory: string) => Promise<unknown>
  readonly code: string
  readonly message: RegExp
  readonly limits?: Partial<FetchLimits>
}

const space = (directory: string, ...path: string[]): string => join(directory, 'space', ...path)

const hostile: Record<string, Hostile> = {
  'a name with ..': {
    packed: directory => pack('c.tar', '-P', '--transform=s,^./class/50-host,../../50-host,')(directory),
    code: 'config-space-archive',
    message: /"\.\.\/\.\.\/50-host", which leads out/,
  },
  'an absolute name': {
    packed: directory => pack('c.tar', '-P', '--transform=s,^./class/50-host,/tmp/50-host,')(directory),
    code: 'config-space-archive',
    message: /"\/tmp\/50-host", which leads out/,
  },
  'a link to an absolute path': {
    packed: async directory => {
      await symlink('/etc/passwd', space(directory, 'files/etc/x/LAB'))
      await pack('c.tar')(directory)
    },
    code: 'config-space-archive',
    message: /the link "files\/etc\/x\/LAB" to "\/etc\/passwd"/,
  },
  'a link out by ..': {
    packed: async directory => {
      await symlink('../../../../x', space(directory, 'files/etc/x/LAB'))
      await pack('c.tar')(directory)
    },
    code: 'config-space-archive',
    message: /the link "files\/etc\/x\/LAB"/,
  },
  'a link out through another link': {
    packed: async directory => {
      await symlink('../../..', space(directory, 'files/etc/x/up'))
      await symlink('up/../config', space(directory, 'files/etc/x/LAB'))
      await pack('c.tar')(directory)
    },
    code: 'config-space-archive',
    message: /the link "files\/etc\/x\/LAB"/,
  },
  'a pipe': {
    packed: async directory => {
      await runProgram('mkfifo', [space(directory, 'class/60-pipe')])
      await pack('c.tar')(directory)
    },
    code: 'config-space-archive',
    message: /"class\/60-pipe", which is neither file, directory nor link/,
  },
  'more files than there may be': {
    packed: pack('c.tar'),
    limits: { members: 3 },
    code: 'config-space-archive',
    message: /more than 3 files/,
  },
  'more than may be downloaded': {
    packed: pack('c.tar'),
    limits: { downloadBytes: 1000 },
    code: 'config-space-fetch',
    message: /curl: /,
  },
  'a bomb': {
    packed: async directory => {
      await writeFile(space(directory, 'class/bomb'), Buffer.alloc(4_000_000))
      await pack('c.tar', '-I', 'gzip')(directory)
      await runProgram('mv', [join(directory, 'c.tar'), join(directory, 'c.tar.gz')])
    },
    limits: { unpackedBytes: 1_000_000 },
    code: 'config-space-fetch',
    message: /gzip: what it makes is larger than a config space may be/,
  },
  'no config space': {
    packed: async directory => {
      await mkdir(join(directory, 'other/simple'), { recursive: true })
      await runProgram('tar', ['-cf', join(directory, 'c.tar'), '-C', join(directory, 'other'), '.'])
    },
    code: 'config-space-invalid',
    message: /this is no config space: it has none of class/,
  },
  'no archive': {
    packed: directory => writeFile(join(directory, 'c.tar'), 'nothing but text'),
    code: 'config-space-fetch',
    message: /tar: /,
  },
}

for (const [name, { packed, code, message, limits }] of Object.entries(hostile)) {
  t.test(`${name}: refused, and nothing of it stays`, async t => {
    const file = name === 'a bomb' ? 'c.tar.gz' : 'c.tar'
    await withArchive(file, packed, async ({ cache, uri }) => {
      await t.rejects(fetchFrom(uri, cache, { ...FETCH_LIMITS, ...limits }), {
        name: 'SourceError',
        code,
        message,
      })
      const [slot = ''] = await readdir(cache)
      t.strictSame(await readdir(join(cache, slot)), [])
    })
  })
}

const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n'

t.test('a download that is cut off, an address without anything, a redirect out of HTTP', async t => {
  const special: Record<string, RequestListener> = {
    '/cut.tar': (_, response) => response.socket?.end(`${whole}abc`),
    '/away.tar': (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    '/moved.tar': (_, response) => response.writeHead(301, { location: '/c.tar' }).end(),
  }
  await withArchive(
    'c.tar',
    pack('c.tar'),
    async ({ cache, address }) => {
      const failed = (message: RegExp) => ({ code: 'config-space-fetch', message })
      await t.rejects(fetchFrom(`${address}cut.tar`, cache), failed(/curl: .*\(exit code 18\)/))
      await t.rejects(
        fetchFrom(`${address}none.tar`, cache),
        failed(/none\.tar": curl: .* 404 \(exit code 22\)/),
      )
      await t.rejects(fetchFrom(`${address}away.tar`, cache), failed(/curl: .*\(exit code 1\)/))
      t.ok(await stat(await fetchFrom(`${address}moved.tar`, cache)))
    },
    special,
  )
})

t.test('the last good copy stays where a new one fails, and is named', async t => {
  await withArchive('c.tar', pack('c.tar'), async ({ directory, cache, uri }) => {
    const first = await fetchFrom(uri, cache)
    await writeFile(join(directory, 'c.tar'), 'broken')
    await t.rejects(fetchFrom(uri, cache), {
      message: /the last copy that was whole: .*\/run-\d+-\w+\/config$/,
    })
    t.ok(await stat(join(first, 'class/50-host')))
    await pack('c.tar')(directory)
    const second = await fetchFrom(uri, cache)
    t.not(second, first, 'an installation that runs keeps the copy that it began with')
    t.ok(await stat(join(first, 'class/50-host')))
  })
})

t.test('a password reaches the server and no message', async t => {
  const seen: (string | undefined)[] = []
  const special: Record<string, RequestListener> = {
    '/secret.tar?token=hidden': ({ headers }, response) => {
      seen.push(headers.authorization)
      response.writeHead(403).end()
    },
  }
  await withArchive(
    'c.tar',
    pack('c.tar'),
    async ({ cache, address }) => {
      const uri = `${address.replace('://', '://fai:geheim@')}secret.tar?token=hidden`
      const error = await fetchFrom(uri, cache).catch((cause: unknown) => String(cause))
      t.match(error, /\/secret\.tar": curl: .* 403/)
      t.notMatch(error, /geheim|hidden/)
      t.strictSame(seen, [`Basic ${Buffer.from('fai:geheim').toString('base64')}`])
    },
    special,
  )
})
