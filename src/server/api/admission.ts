import { createHash, timingSafeEqual } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { SourceError } from '../../diagnostic/source-error.ts'
import { parseIpAddress } from '../../model/ip-address.ts'
import { parseServerAddress } from '../../model/server-address.ts'

/** Who is let in: everybody who comes by this machine's own names, or whoever has a token. */
export type Admission =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'tokens'; readonly digests: readonly Buffer[] }
  | { readonly kind: 'certificate' }

/** What a request says of who sends it. */
export type Credentials = { readonly host: string | undefined; readonly bearer: string | undefined }

/** Why a request is turned away, undefined where it is not. Pure. */
export const refusalOf = (
  admission: Admission,
  { host, bearer }: Credentials,
): 'host-refused' | 'token-wrong' | undefined => {
  switch (admission.kind) {
    case 'certificate':
      return undefined
    case 'loopback':
      // A page of another site may come by a name of its own that leads here (DNS rebinding).
      return host !== undefined && isLoopbackName(parseServerAddress(host, 80)?.host ?? '')
        ? undefined
        : 'host-refused'
    case 'tokens':
      return bearer !== undefined && hasToken(admission.digests, bearer) ? undefined : 'token-wrong'
  }
}

/** Whether only this machine can reach a name or an address. Pure. */
export const isLoopbackName = (name: string): boolean =>
  name.toLowerCase() === 'localhost' ||
  name === '::1' ||
  (/^127\./.test(name) && parseIpAddress(name) !== undefined)

/** Each is compared, so that the time says nothing. */
const hasToken = (digests: readonly Buffer[], bearer: string): boolean => {
  const given = digestOf(bearer)
  return digests.map(digest => timingSafeEqual(digest, given)).includes(true)
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

const TOKEN = /^[A-Za-z0-9_-]{20,128}$/
const READ_BY_OTHERS = 0o004

/**
 * Reads `serve.api.tokensFile`: one token of 20 to 128 letters, digits, `-` and `_` a line, `#` for a comment. Rejects with a `SourceError`
 * that names the key and the file where it holds anything else, or others may read it.
 */
export const readTokens = async (path: string): Promise<readonly Buffer[]> => {
  const fault = (message: string, cause?: unknown): SourceError =>
    new SourceError(
      message,
      { kind: 'option', option: 'serve.api.tokensFile' },
      { code: 'config-invalid', cause },
    )
  const unread = (cause: Error): never => {
    throw fault(cause.message, cause)
  }
  const { mode } = await stat(path).catch(unread)
  if ((mode & READ_BY_OTHERS) !== 0)
    throw fault(`${path} holds tokens and can be read by everybody (chmod o-r)`)
  const lines = (await readFile(path, 'utf8').catch(unread))
    .split('\n')
    .map(line => line.replace(/#.*/, '').trim())
  const wrong = lines.findIndex(line => line !== '' && !TOKEN.test(line))
  if (wrong !== -1)
    throw fault(`${path}: line ${wrong + 1} is no token of 20 to 128 letters, digits, "-" and "_"`)
  const tokens = lines.filter(line => line !== '')
  if (tokens.length === 0) throw fault(`${path} holds no token`)
  return tokens.map(digestOf)
}
