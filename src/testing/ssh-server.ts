import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { startListening } from './listening-program.ts'
import { runProgram } from './run-program.ts'

/** A running sshd that lets root in, and what a client needs to be let in. `stop` ends it and removes all it wrote. */
export type SshServer = {
  readonly port: number
  /** Of root, there alone. */
  readonly password: string
  /** The directory of a user whose `.ssh` knows the server. */
  readonly home: string
  /** Real `ssh` and `scp`, with that directory and this port: shell scripts, by name. */
  readonly programs: Readonly<Record<'ssh' | 'scp', string>>
  stop(): Promise<void>
}

const PASSWORD = 'for-tests-only'

/** Starts a real sshd on a free port of 127.0.0.1, with keys, password and run directory of its own; needs root. */
export const startSsh = async (): Promise<SshServer> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-ssh-'))
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true })
  const home = join(directory, 'home')
  const port = await freePort()
  await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 })
  await makeKeys(directory, home, port)
  await writeFile(join(directory, 'sshd_config'), serverConfig(directory, port))
  // The run directory and the password are seen by this sshd alone.
  const start = `mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && mount --bind "$1/shadow" /etc/shadow
exec /usr/sbin/sshd -D -e -f "$1/sshd_config"`
  try {
    const end = await startListening(['unshare', '--mount', 'sh', '-c', start, 'sh', directory], port)
    return {
      port,
      password: PASSWORD,
      home,
      programs: clientPrograms(home),
      stop: () => end().finally(remove),
    }
  } catch (error) {
    await remove()
    throw error
  }
}

const clientPrograms = (home: string): SshServer['programs'] => {
  const program = (name: string): string => `exec /usr/bin/${name} -F "${join(home, '.ssh/config')}" "$@"\n`
  return { ssh: program('ssh'), scp: program('scp') }
}

const makeKeys = async (directory: string, home: string, port: number): Promise<void> => {
  const [hostKey, userKey] = [join(directory, 'host_key'), join(home, '.ssh/id_ed25519')]
  for (const path of [hostKey, userKey]) {
    await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path])
  }
  await writeFile(join(directory, 'authorized_keys'), await readFile(`${userKey}.pub`))
  const known = join(home, '.ssh/known_hosts')
  const [type, key] = (await readFile(`${hostKey}.pub`, 'utf8')).split(' ')
  await writeFile(known, `[127.0.0.1]:${port} ${type} ${key}\n`)
  const client = [`Port ${port}`, `IdentityFile ${userKey}`, `UserKnownHostsFile ${known}`]
  await writeFile(join(home, '.ssh/config'), ['Host *', ...client, ''].join('\n'))
  const hash = (await runProgram('openssl', ['passwd', '-6', PASSWORD])).trim()
  await writeFile(join(directory, 'shadow'), `root:${hash}:20000:0:99999:7:::\n`, { mode: 0o600 })
}

const serverConfig = (directory: string, port: number): string =>
  [
    ...['ListenAddress 127.0.0.1', `Port ${port}`, 'PidFile none', 'StrictModes no', 'UsePAM no'],
    ...[`HostKey ${directory}/host_key`, `AuthorizedKeysFile ${directory}/authorized_keys`],
    ...[
      'PermitRootLogin yes',
      'PasswordAuthentication yes',
      'LogLevel ERROR',
      'Subsystem sftp internal-sftp',
      '',
    ],
  ].join('\n')
