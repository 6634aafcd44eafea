import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { parseConfigSpaceUri } from '../../model/config-space-uri.ts'
import { runProgram } from '../../testing/run-program.ts'
import { startSsh } from '../../testing/ssh-server.ts'
import { makeRunner } from '../runner.ts'
import { fetchConfigSpace } from './fetch-config-space.ts'

const directory = await mkdtemp(join(tmpdir(), 'fai-classes-by-ssh-'))
const inside = (name: string): string => join(directory, name)
const ssh = await startSsh()
t.teardown(async () => {
  await ssh.stop()
  await rm(directory, { recursive: true, force: true })
})
for (const [name, text] of Object.entries(ssh.programs)) {
  await mkdir(inside('bin'), { recursive: true })
  await writeFile(inside(`bin/${name}`), `#!/bin/sh\n${text}`)
  await chmod(inside(`bin/${name}`), 0o755)
}

await mkdir(inside('space/class'), { recursive: true })
await writeFile(inside('space/class/50-host'), 'from the server\n')
await runProgram('tar', [
  '--create',
  '--gzip',
  `--file=${inside('my space.tar.gz')}`,
  '-C',
  inside('space'),
  'class',
])
await runProgram('sh', [
  '-ec',
  `cd "$1"
git -C space init --quiet && git -C space add --all
git -C space -c user.name=fai -c user.email=fai@example.test commit --quiet --message=change
svnadmin create svn && svn import --quiet --message=change space/class "file://$1/svn/trunk/class"
cvs -d "$1/cvs" init && cd space/class && cvs -Q -d "$1/cvs" import -m change space/class vendor start`,
  'sh',
  directory,
])

const fetchHost = async (uri: string): Promise<string> => {
  const { value } = parseConfigSpaceUri(uri, '/')
  if (value === undefined) throw new Error(`"${uri}" is no URI`)
  const searchPath = `${inside('bin')}:${process.env['PATH']}`
  const run = makeRunner({ ...process.env, HOME: ssh.home, PATH: searchPath })
  const signal = new AbortController().signal
  const found = await fetchConfigSpace(value, { cacheDirectory: inside('cache'), run, searchPath, signal })
  return readFile(join(found, 'class/50-host'), 'utf8')
}

const server = `127.0.0.1:${ssh.port}`
const archive = `${directory}/my%20space.tar.gz`

const methods: Record<string, string> = {
  'git+ssh': `git+ssh://root@${server}${directory}/space`,
  'svn+ssh': `svn+ssh://root@127.0.0.1${directory}/svn/trunk`,
  'cvs+ssh': `cvs+ssh://root@127.0.0.1${directory}/cvs space`,
  'scp, with the keys of OpenSSH': `scp://root@${server}${archive}`,
  'sftp, with the keys of OpenSSH': `sftp://root@${server}${archive}`,
  'sftp, with a password': `sftp://root:${ssh.password}@${server}${archive}`,
  'scp, with a password': `scp://root:${ssh.password}@${server}${archive}`,
}

for (const [name, uri] of Object.entries(methods)) {
  t.test(`${name}: from a real sshd`, async t => {
    t.equal(await fetchHost(uri), 'from the server\n')
  })
}

const refusals: Record<string, { uri: string; message: RegExp }> = {
  'a file that is not there': {
    uri: `scp://root@${server}${directory}/none.tar`,
    message: /: scp: .*none\.tar: No such file or directory/,
  },
  'a key that the server does not know': {
    uri: `sftp://nobody@${server}${archive}`,
    message: /Permission denied/,
  },
  'a wrong password': {
    uri: `sftp://root:wrong-one@${server}${archive}`,
    message: /sftp:\/\/root@127\.0\.0\.1:\d+\/\S+": curl: curl: \(67\) Authentication failure/,
  },
}

for (const [name, { uri, message }] of Object.entries(refusals)) {
  t.test(`${name}: said as the program says it, without a password`, async t => {
    const error = await fetchHost(uri).then(
      () => undefined,
      error => error,
    )
    t.match(error, { code: 'config-space-fetch', message })
    t.notMatch(String(error), 'wrong-one')
  })
}
