import t from 'tap'
import { parseConfigSpaceUri } from '../model/config-space-uri.ts'
import {
  checkoutCommand,
  decompressCommands,
  downloadCommand,
  FETCH_LIMITS,
  hasWayOut,
  listCommand,
  packageOf,
  packedFile,
  unpackCommands,
} from './config-space-fetch.ts'

const remote = (text: string) => {
  const { value } = parseConfigSpaceUri(text, '/')
  if (value === undefined || !('shown' in value)) throw new Error(`"${text}" is not fetched`)
  return value
}

const checkout = (text: string, before?: string) => {
  const uri = remote(text)
  if (uri.kind === 'archive') throw new Error(`"${text}" is an archive`)
  return checkoutCommand(uri, '/cache/run/config', before)
}

const argvs: Record<string, string> = {
  'git://git.example.test/c#main':
    'git -c http.lowSpeedLimit=1 -c http.lowSpeedTime=30 clone --quiet --branch=main -- git://git.example.test/c /cache/run/config',
  'svn+https://fai:geheim@svn.example.test/c':
    'svn checkout --quiet --non-interactive --no-auth-cache --username fai --password-from-stdin -- https://svn.example.test/c /cache/run/config',
  'svn+ssh://fai@svn.example.test/c':
    'svn checkout --quiet --non-interactive --no-auth-cache --username fai -- svn+ssh://fai@svn.example.test/c /cache/run/config',
  'svn://svn.example.test/c':
    'svn checkout --quiet --non-interactive --no-auth-cache -- svn://svn.example.test/c /cache/run/config',
  'hg+https://hg.example.test/c':
    'hg clone --noninteractive --quiet -- https://hg.example.test/c /cache/run/config',
  'cvs+ssh://fai@cvs.example.test/srv/cvs conf=stable': 'cvs -q checkout -P -d config -r stable conf',
  'cvs://fai@cvs.example.test/srv/cvs conf': 'cvs -q checkout -P -d config conf',
  'tftp://boot.example.test/c': 'get-config-dir-tftp',
}

for (const [uri, want] of Object.entries(argvs)) {
  t.test(uri, async t => {
    t.equal(checkout(uri).argv.join(' '), want)
  })
}

t.test('git borrows the objects of the last copy and keeps no link to it', async t => {
  t.match(
    checkout('git://git.example.test/c', '/cache/old/config').argv.join(' '),
    / --reference-if-able \/cache\/old\/config --dissociate -- /,
  )
})

t.test('no password of git or Subversion stands where other users of the machine see it', async t => {
  const git = checkout('git+https://fai:geheim@git.example.test/c')
  t.notMatch(git.argv.join(' '), 'geheim')
  t.match(git.env, {
    GIT_CONFIG_KEY_0: 'url.https://fai:geheim@git.example.test/c.insteadOf',
    GIT_CONFIG_VALUE_0: 'https://git.example.test/c',
  })
  const svn = checkout('svn://fai:ge%20heim@svn.example.test/c')
  t.notMatch(svn.argv.join(' '), 'heim')
  t.equal(svn.stdin, 'ge heim\n')
})

t.test('CVS gets its root, a program of the site what FAI gives it', async t => {
  t.match(checkout('cvs+ssh://fai@cvs.example.test/srv/cvs conf'), {
    env: { CVSROOT: ':ext:fai@cvs.example.test/srv/cvs', CVS_RSH: 'ssh' },
    cwd: '/cache/run',
  })
  t.strictSame(checkout('tftp://boot.example.test/c').env, {
    FAI: '/cache/run/config',
    FAI_CONFIG_SRC: 'tftp://boot.example.test/c',
    LOGDIR: '/cache/run',
  })
})

t.test('the URL of a download goes through stdin, quoted for curl', async t => {
  const uri = remote('https://fai:ge"h\\@files.example.test/c.tar.xz')
  if (uri.kind !== 'archive') throw new Error('no archive')
  const { argv, stdin } = downloadCommand(uri, '/cache/run/archive.tar.xz', FETCH_LIMITS)
  t.strictSame(argv, ['prlimit', `--fsize=${4 * 2 ** 30}`, 'curl', '--config', '-'])
  t.match(stdin, /^url = "https:\/\/fai:ge\\"h\\\\@files\.example\.test\/c\.tar\.xz"$/m)
  t.match(stdin, /^proto-redir = "=https"$/m)
})

const downloads: Record<string, string> = {
  'sftp://files.example.test/srv/c.tar': '-- files.example.test:/srv/c.tar /c/a.tar',
  'scp://fai@files.example.test:2222/~/my%20c.tar': '-P 2222 -- fai@files.example.test:my c.tar /c/a.tar',
  'sftp://fai@[2001:db8::1]:22/c%2.tar': '-P 22 -- fai@[2001:db8::1]:/c%2.tar /c/a.tar',
}

for (const [uri, words] of Object.entries(downloads)) {
  t.test(`${uri} is copied by OpenSSH, which asks nothing`, async t => {
    const archive = remote(uri)
    if (archive.kind !== 'archive') throw new Error('no archive')
    const { argv, stdin } = downloadCommand(archive, '/c/a.tar', FETCH_LIMITS)
    const options = '-o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=30'
    t.equal(argv.slice(2).join(' '), `scp ${options} ${words}`)
    t.equal(stdin, undefined)
  })
}

t.test('a password for ssh goes to curl, through stdin', async t => {
  const archive = remote('sftp://fai:geheim@files.example.test/c.tar')
  if (archive.kind !== 'archive') throw new Error('no archive')
  const { argv, stdin } = downloadCommand(archive, '/c/a.tar', FETCH_LIMITS)
  t.strictSame(argv.slice(2), ['curl', '--config', '-'])
  t.match(stdin, 'url = "sftp://fai:geheim@files.example.test/c.tar"')
})

t.test('each compression has its program, which leaves the plain archive', async t => {
  const programs = (['none', 'gzip', 'bzip2', 'xz', 'zstd'] as const).map(compression => {
    const [command] = decompressCommands('/c/a.tar', compression, FETCH_LIMITS)
    return `${packedFile('/c/a.tar', compression)} ${command?.argv.slice(2).join(' ') ?? ''}`
  })
  t.strictSame(programs, [
    '/c/a.tar ',
    '/c/a.tar.gz gzip --decompress -- /c/a.tar.gz',
    '/c/a.tar.bz2 bzip2 --decompress -- /c/a.tar.bz2',
    '/c/a.tar.xz xz --decompress -- /c/a.tar.xz',
    '/c/a.tar.zst zstd --decompress --rm --quiet -- /c/a.tar.zst',
  ])
  t.equal(packageOf('svn'), 'subversion')
  t.equal(packageOf('get-config-dir-tftp'), undefined)
})

t.test('a redirect may lead from HTTP to HTTPS', async t => {
  const uri = remote('http://files.example.test/c.tar')
  if (uri.kind !== 'archive') throw new Error('no archive')
  const { stdin } = downloadCommand(uri, '/cache/run/archive.tar', FETCH_LIMITS)
  t.match(stdin, /^proto = "=http"\nproto-redir = "=http,https"$/m)
})

t.test('an archive is listed with every name on one line, and unpacked as files of nobody else', async t => {
  t.strictSame(listCommand('/c/a.tar').argv, [
    ...['tar', '--list', '--absolute-names', '--quoting-style=escape', '--file=/c/a.tar'],
  ])
  const [unpack, close] = unpackCommands('/c/a.tar', '/c/config', { ...FETCH_LIMITS, unpackedBytes: 1000 })
  t.equal(
    unpack?.argv.join(' '),
    'prlimit --fsize=1000 tar --extract --file=/c/a.tar --directory=/c/config --no-same-owner --no-same-permissions',
  )
  t.equal(close?.argv.join(' '), 'chmod --recursive u+rwX,go-w -- /c/config')
})

t.test('a name with a way out of the directory', async t => {
  const names = ['class/A', './class/..a', '/etc/passwd', '../a', 'a/../../b', 'a/..']
  t.strictSame(names.filter(hasWayOut), ['/etc/passwd', '../a', 'a/../../b', 'a/..'])
})
