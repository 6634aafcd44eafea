import { chmod, chown, mkdir } from 'node:fs/promises'
import { messageOf } from '../apply/apply-error.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { parsePasswdLine, type User } from '../server/become-user.ts'
import type { CommandDeps } from './deps.ts'

/** What getent(1) says where there is no such entry. */
const NO_ENTRY = 2

/** The user `serve.user`; rejects with an `EnvironmentError` that says how one is made. */
export const findUser = async (
  name: string,
  { readProgram, signal }: Pick<CommandDeps, 'readProgram' | 'signal'>,
): Promise<User> => {
  const user = parsePasswdLine(await readProgram(['getent', 'passwd', name], signal, [NO_ENTRY]))
  if (user !== undefined) {
    const groups = await readProgram(['id', '-G', user.name], signal)
    return { ...user, groups: groups.trim().split(' ').map(Number) }
  }
  throw new EnvironmentError(
    `serve.user: there is no user "${name}" on this machine; make one with: useradd --system --user-group --no-create-home --shell /usr/sbin/nologin ${name}`,
  )
}

/** Of the server's own group, as what is made in it: `boot` may be run by another user of that group. */
const STATE_MODE = 0o2770

/** Makes the directory of the state, for a user where root makes it. */
export const makeStateDirectory = async (path: string, user: User | undefined): Promise<void> => {
  try {
    const made = await mkdir(path, { recursive: true })
    // Whatever the umask is.
    if (made !== undefined) await chmod(path, STATE_MODE)
    // Also where it is there: systemd makes it for root.
    if (user !== undefined) await chown(path, user.uid, user.gid)
  } catch (error) {
    throw new EnvironmentError(`serve.stateDirectory: ${messageOf(error)}`)
  }
}
