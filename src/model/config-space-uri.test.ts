import t from 'tap'
import { type ConfigSpaceUri, parseConfigSpaceUri, showUri } from './config-space-uri.ts'

const plain = { shown: 'URI', secrets: [] }

/** The URI, and what it means; where `shown` is left out it is the URI itself, and nothing is secret. */
const uris: Record<string, object> = {
  '/srv/fai/config/': { kind: 'directory', path: '/srv/fai/config' },
  config: { kind: 'directory', path: '/here/config' },
  '../my config': { kind: 'directory', path: '/my config' },
  'file:///srv/my%20config/': { kind: 'directory', path: '/srv/my config' },
  'nfs://files.example.test/srv/fai/config': {
    kind: 'nfs',
    server: 'files.example.test',
    path: '/srv/fai/config',
  },
  'nfs:///srv/fai/config': { kind: 'nfs', server: undefined, path: '/srv/fai/config' },
  'detect://': { kind: 'detect' },
  'git://git.example.test/config.git': {
    kind: 'git',
    url: 'git://git.example.test/config.git',
    branch: undefined,
  },
  'git+https://git.example.test/config.git#trixie/main': {
    kind: 'git',
    url: 'https://git.example.test/config.git',
    branch: 'trixie/main',
  },
  'git+ssh://fai@git.example.test:2222/srv/c@1': {
    kind: 'git',
    url: 'ssh://fai@git.example.test:2222/srv/c@1',
    branch: undefined,
  },
  'git+https://fai:p%40ss@git.example.test/c': {
    kind: 'git',
    url: 'https://fai:p%40ss@git.example.test/c',
    branch: undefined,
    shown: 'git+https://git.example.test/c',
    secrets: ['fai:p%40ss', 'p%40ss', 'p@ss'],
  },
  'git+https://token-alone@git.example.test/c': {
    kind: 'git',
    url: 'https://token-alone@git.example.test/c',
    branch: undefined,
    shown: 'git+https://git.example.test/c',
    secrets: ['token-alone'],
  },
  'svn://svn.example.test/config': {
    kind: 'svn',
    url: 'svn://svn.example.test/config',
    user: undefined,
    password: undefined,
  },
  'svn+file:///srv/svn/config': {
    kind: 'svn',
    url: 'file:///srv/svn/config',
    user: undefined,
    password: undefined,
  },
  'svn+https://fai:geheim@svn.example.test/config': {
    kind: 'svn',
    url: 'https://svn.example.test/config',
    user: 'fai',
    password: 'geheim',
    shown: 'svn+https://svn.example.test/config',
    secrets: ['fai:geheim', 'geheim'],
  },
  'svn+ssh://fai@svn.example.test/srv/config': {
    kind: 'svn',
    url: 'svn+ssh://fai@svn.example.test/srv/config',
    user: 'fai',
    password: undefined,
  },
  'hg+https://hg.example.test/config': { kind: 'hg', url: 'https://hg.example.test/config' },
  'cvs+ssh://fai@cvs.example.test/srv/cvs config=stable': {
    kind: 'cvs',
    root: ':ext:fai@cvs.example.test/srv/cvs',
    module: 'config',
    tag: 'stable',
  },
  'cvs://fai@cvs.example.test/srv/cvs config': {
    kind: 'cvs',
    root: ':pserver:fai@cvs.example.test/srv/cvs',
    module: 'config',
    tag: undefined,
  },
  'http://files.example.test/fai/config-1.2.tar.xz': {
    kind: 'archive',
    protocol: 'http',
    url: 'http://files.example.test/fai/config-1.2.tar.xz',
    compression: 'xz',
  },
  'https://files.example.test/config.tgz?private_token=abc': {
    kind: 'archive',
    protocol: 'https',
    url: 'https://files.example.test/config.tgz?private_token=abc',
    compression: 'gzip',
    shown: 'https://files.example.test/config.tgz',
    secrets: ['private_token=abc'],
  },
  'scp://fai:geheim@files.example.test/~/config.tar.zst': {
    kind: 'archive',
    protocol: 'scp',
    url: 'scp://fai:geheim@files.example.test/~/config.tar.zst',
    compression: 'zstd',
    shown: 'scp://fai@files.example.test/~/config.tar.zst',
    secrets: ['fai:geheim', 'geheim'],
  },
  'tftp://boot.example.test/config': {
    kind: 'program',
    method: 'tftp',
    text: 'tftp://boot.example.test/config',
  },
  'my-way+x://place': { kind: 'program', method: 'my-way', text: 'my-way+x://place' },
}

const isRemote = (uri: ConfigSpaceUri | undefined): boolean => uri !== undefined && 'shown' in uri

for (const [text, meaning] of Object.entries(uris)) {
  t.test(text, async t => {
    const { value, diagnostics } = parseConfigSpaceUri(text, '/here')
    t.strictSame(diagnostics, [])
    t.strictSame(value, isRemote(value) ? { ...plain, shown: text, ...meaning } : meaning)
  })
}

const refused: Record<string, RegExp> = {
  '': /neither a path nor a URI/,
  'files.example.test:/srv/config': /neither a path nor a URI/,
  'file://srv/config': /file:\/\/\/PATH/,
  'file:///srv/100%/config': /percent-encoded/,
  'file:///srv%2Fconfig': /percent-encoded/,
  'nfs://files.example.test': /nfs:\/\/SERVER\/PATH/,
  'git://': /git\[\+PROTOCOL\]/,
  'git+https://git.example.test/a b': /git\[\+PROTOCOL\]/,
  'git+ext://sh': /git is fetched by git\+file, git\+http, git\+https, git\+ssh/,
  'svn+ftp://svn.example.test/config': /svn is fetched by/,
  'hg://hg.example.test/config': /hg is fetched by hg\+http, hg\+https/,
  'cvs://cvs.example.test/srv/cvs': /MODULE/,
  'http://files.example.test/config.zip': /no archive by its name: one of \.tar, /,
  'http+x://files.example.test/config.tar': /an archive is http:/,
  'https://fai:geheim@files.example.test/config.zip': /^"https:\/\/files\.example\.test\/config\.zip"/,
}

for (const [text, want] of Object.entries(refused)) {
  t.test(`"${text}" is none`, async t => {
    const { value, diagnostics } = parseConfigSpaceUri(text, '/here')
    t.equal(value, undefined)
    t.match(diagnostics, [{ code: 'config-space-uri', message: want, origin: { option: '--config-space' } }])
  })
}

t.test('what is no percent-encoding is masked as it is written', async t => {
  const { value } = parseConfigSpaceUri('git+https://fai:100%zz@git.example.test/c', '/here')
  t.match(value, { shown: 'git+https://git.example.test/c', secrets: ['fai:100%zz', '100%zz'] })
})

t.test('no password is shown, wherever its end may be', async t => {
  t.equal(showUri('svn://fai:pa/ss@host/x'), 'svn://fai@host/x')
  t.equal(showUri('svn://fai:p@ss@host/x'), 'svn://fai@host/x')
  t.equal(showUri('git+ssh://host:22/a@b'), 'git+ssh://host:22/a@b')
  t.equal(showUri('git+http://fai:pw@host/x?token=1#main'), 'git+http://host/x#main')
})
