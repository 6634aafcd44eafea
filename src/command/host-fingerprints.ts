import { type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import { isThisMachine } from '../inspect/own-addresses.ts'
import { readSshHostKeys } from '../inspect/ssh-host-keys.ts'
import { REGISTER } from '../plan/register/registration.ts'
import { sshFingerprint } from '../plan/register/ssh-fingerprint.ts'

/** Whose keys are wanted, and where they may be. */
export type KeysRequest = {
  readonly fqdn: string
  readonly addresses: readonly string[]
  /** The directory of the keys; undefined where only those of this machine come into question. */
  readonly sshKeys: string | undefined
}

/** Where a machine has its own keys. */
const OWN_KEYS = '/etc/ssh'

/**
 * The SSHFP data of a host's keys. Without a directory they are those of this machine, where the host is this machine
 * by name and by address. Undefined, with a warning, where there are none: the records then stay as they are.
 */
export const readFingerprints = async (request: KeysRequest): Promise<Outcome<readonly string[]>> => {
  const { fqdn, addresses, sshKeys } = request
  const directory = sshKeys ?? ((await isThisMachine(fqdn, addresses)) ? OWN_KEYS : undefined)
  const keys = directory === undefined ? [] : await readSshHostKeys(directory)
  const diagnostics = keys
    .filter(({ text }) => sshFingerprint(text) === undefined)
    .map(({ path }) =>
      warningAt('ssh-key-unknown', 'is no public host key of a known type', { kind: 'file', path }),
    )
  const fingerprints = keys.flatMap(({ text }) => sshFingerprint(text) ?? []).sort()
  if (fingerprints.length > 0) return { value: [...new Set(fingerprints)], diagnostics }
  const where = directory === undefined ? `${fqdn} is not this machine` : `${directory} has none`
  const message = `the SSH host keys of ${fqdn} are unknown (${where}), so its SSHFP records stay as they are`
  return { value: undefined, diagnostics: [...diagnostics, warningAt('ssh-keys-missing', message, REGISTER)] }
}
