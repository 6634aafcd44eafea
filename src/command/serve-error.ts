import type { Config } from '../config/read-config.ts'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import type { User } from '../server/become-user.ts'

/** Waits for what listens at the address of a key; an `EnvironmentError` of that names the key. */
export const listeningAt = async <T>(key: string, opening: Promise<T>): Promise<T> =>
  opening.catch((error: unknown) => {
    if (!(error instanceof EnvironmentError)) throw error
    throw new EnvironmentError(`${key}: ${error.message}`, { cause: error })
  })

/** Rejects anew: a fault of a key of `serve` has its place in the file, and one of a file that may not be read the user who reads it. */
export const explainFault =
  ({ originOf }: Pick<Config, 'originOf'>, user: Pick<User, 'name'> | undefined) =>
  (error: unknown): never => {
    if (!(error instanceof SourceError)) throw error
    const { origin, cause, code } = error
    const isKey = origin.kind === 'option' && origin.option.startsWith('serve.')
    const isForbidden =
      user !== undefined && cause instanceof Error && 'code' in cause && cause.code === 'EACCES'
    if (!isKey && !isForbidden) throw error
    const who = isForbidden ? ` by the user "${user.name}" (serve.user)` : ''
    throw isKey
      ? new SourceError(`${origin.option}: ${error.message}${who}`, originOf(keyOf(origin.option)), {
          cause,
          code,
        })
      : new SourceError(`${error.message}${who}`, origin, { cause, code })
  }

const keyOf = (option: string): (string | number)[] =>
  option.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : part))
