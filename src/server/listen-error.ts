import { getSystemErrorMessage } from 'node:util'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { formatServerAddress, type ServerAddress } from '../model/server-address.ts'

/** That an address cannot be listened at, with the reason of the system: what Node says names the address again. Pure. */
export const listenError = (
  listen: ServerAddress,
  protocol: 'TCP' | 'UDP',
  cause: unknown,
): EnvironmentError =>
  new EnvironmentError(`cannot listen at ${formatServerAddress(listen)} (${protocol}): ${reasonOf(cause)}`, {
    cause,
  })

const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return 'errno' in cause && typeof cause.errno === 'number'
    ? getSystemErrorMessage(cause.errno)
    : cause.message
}
