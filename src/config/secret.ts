import { readFile } from 'node:fs/promises'
import { SourceError } from '../diagnostic/source-error.ts'
import type { TsigKey } from '../model/tsig-key.ts'

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * The secret of a key file: either the base64 text alone, or the `key` statement
 * that `tsig-keygen` and named write. Undefined where it is neither. Pure.
 */
const parseKeyFile = (text: string): Buffer | undefined => {
  const inStatement = /\bsecret\s+"?([A-Za-z0-9+/=]+)"?\s*;/.exec(text)?.[1]
  const base64 = inStatement ?? text.trim()
  return BASE64.test(base64) ? Buffer.from(base64, 'base64') : undefined
}

/** Reads a TSIG secret; the message never shows what the file holds. */
export const readTsigSecret = async (
  key: { readonly name: string; readonly algorithm: TsigKey['algorithm']; readonly secretFile: string },
  resolvePath: (path: string) => string,
): Promise<TsigKey> => {
  const path = resolvePath(key.secretFile)
  const secret = parseKeyFile(await readSecretText(path, 'tsig.secretFile'))
  if (secret === undefined)
    throw new SourceError('tsig.secretFile holds neither base64 nor a key statement', { kind: 'file', path })
  return { name: key.name, algorithm: key.algorithm, secret }
}

/** Reads a password: the file without the line end at its end. */
export const readPassword = async (path: string): Promise<string> =>
  (await readSecretText(path, 'passwordFile')).replace(/\r?\n$/, '')

const readSecretText = async (path: string, key: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new SourceError(`${key} cannot be read`, { kind: 'file', path }, { cause })
  }
}
