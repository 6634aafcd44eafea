import { createHash } from 'node:crypto'

/** Numbers of key types in SSHFP records: RFC 4255, 6594, 7479 and 8709. */
const ALGORITHMS: ReadonlyMap<string, number> = new Map([
  ['ssh-rsa', 1],
  ['ssh-dss', 2],
  ['ecdsa-sha2-nistp256', 3],
  ['ecdsa-sha2-nistp384', 3],
  ['ecdsa-sha2-nistp521', 3],
  ['ssh-ed25519', 4],
  ['ssh-ed448', 6],
])

/** RFC 6594, section 3.1.2. SHA-1, type 1, is not written: no client needs it any more. */
const SHA_256 = 2

/**
 * The SSHFP data of a public host key, `ALGORITHM 2 SHA-256-IN-HEX`; undefined where the text is none of a
 * known type. The key is a line as in `ssh_host_*_key.pub`: type, base64, comment. Pure.
 *
 *     key      | length 4 | type | the rest of the key
 *     SSHFP    | algorithm 1 | 2 | SHA-256(key)           (RFC 4255, section 3.1)
 */
export const sshFingerprint = (publicKey: string): string | undefined => {
  const [type = '', base64 = ''] = publicKey.trim().split(/\s+/)
  const algorithm = ALGORITHMS.get(type)
  const key = Buffer.from(base64, 'base64')
  const named = Buffer.concat([Buffer.from([0, 0, 0, type.length]), Buffer.from(type)])
  if (algorithm === undefined || !key.subarray(0, named.length).equals(named)) return undefined
  return `${algorithm} ${SHA_256} ${createHash('sha256').update(key).digest('hex')}`
}
