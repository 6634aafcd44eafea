import { readFile } from 'node:fs/promises'
import type { ServerOptions } from 'node:https'
import { SourceError } from '../../diagnostic/source-error.ts'
import type { ServerAddress } from '../../model/server-address.ts'
import { type HttpServer, listenHttp } from '../http/listen.ts'
import { type Admission, isLoopbackName, readTokens } from './admission.ts'
import type { ApiOptions } from './api-options.ts'
import { apiApp } from './app.ts'
import { openChangeStreams } from './change-stream.ts'

/** How the API is reached; paths can be opened from where the program runs. */
export type ApiAccess = {
  readonly listen: ServerAddress
  readonly tokensFile?: string | undefined
  readonly tls?:
    | { readonly certFile: string; readonly keyFile: string; readonly clientCaFile?: string | undefined }
    | undefined
}

/** An API that answers. */
export type ApiServer = HttpServer & {
  /** Reads the tokens anew. Rejects with a `SourceError`, and leaves the old ones. */
  readonly rereadTokens: () => Promise<void>
}

/**
 * Listens and answers. Rejects with a `SourceError` that names the key where anybody could come from beyond this machine, and with
 * an `EnvironmentError` where it cannot listen.
 */
export const openApiServer = async (options: ApiOptions & ApiAccess): Promise<ApiServer> => {
  const { listen, report, tokensFile } = options
  const tls = options.tls && (await readTls(options.tls))
  let admission = await admissionOf(options)
  const streams = openChangeStreams(options.lists, options.now())
  const app = apiApp({ ...options, streams, admission: () => admission })
  try {
    const server = await listenHttp({
      ...{ listen, report, fetch: app.fetch, protocol: 'api' },
      ...(tls === undefined ? {} : { tls }),
    })
    return {
      address: server.address,
      close: graceMs => {
        streams.close()
        return server.close(graceMs)
      },
      rereadTokens: async () => {
        if (tokensFile !== undefined) admission = { kind: 'tokens', digests: await readTokens(tokensFile) }
      },
    }
  } catch (error) {
    streams.close()
    throw error
  }
}

/**
 *     listens at        tokensFile   clientCaFile   who comes in
 *     anything          yes          any            whoever has a token, and a certificate where that is asked for
 *     anything          no           yes            whoever has a certificate
 *     loopback          no           no             whoever comes by a name of this machine
 *     beyond loopback   no           no             nobody: an error
 */
const admissionOf = async ({ listen, tokensFile, tls }: ApiAccess): Promise<Admission> => {
  if (tokensFile !== undefined) return { kind: 'tokens', digests: await readTokens(tokensFile) }
  if (tls?.clientCaFile !== undefined) return { kind: 'certificate' }
  if (isLoopbackName(listen.host)) return { kind: 'loopback' }
  const message = `"${listen.host}" is beyond loopback, which takes serve.api.tokensFile or serve.api.tls.clientCaFile`
  throw new SourceError(message, { kind: 'option', option: 'serve.api.listen' }, { code: 'config-invalid' })
}

const readTls = async ({
  certFile,
  keyFile,
  clientCaFile,
}: NonNullable<ApiAccess['tls']>): Promise<ServerOptions> => {
  const [cert, key] = [await readPem('certFile', certFile), await readPem('keyFile', keyFile)]
  if (clientCaFile === undefined) return { cert, key }
  return {
    cert,
    key,
    ca: await readPem('clientCaFile', clientCaFile),
    requestCert: true,
    rejectUnauthorized: true,
  }
}

const readPem = async (name: string, path: string): Promise<Buffer> => {
  try {
    return await readFile(path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new SourceError(
      reason,
      { kind: 'option', option: `serve.api.tls.${name}` },
      { code: 'config-invalid', cause },
    )
  }
}
