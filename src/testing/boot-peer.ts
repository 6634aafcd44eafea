import type { RequestListener } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { InstallEvent } from '../model/install-order.ts'

/** What a machine told a boot server of a test. */
export type BootPeer = {
  readonly answer: RequestListener
  /** Method and path of each request but events. */
  readonly asked: readonly string[]
  readonly events: readonly InstallEvent[]
  /** The body of the last request for a path. */
  readonly bodyOf: (path: string) => Buffer | undefined
}

/** What a boot server of a test gives: files by their paths, and an order for the facts that came, where it gives one. */
export type BootPeerOptions = {
  readonly files: Readonly<Record<string, Buffer>>
  readonly order?: (facts: readonly string[]) => object
}

/** The server's side of `model/install-order.ts` with nothing behind it: it keeps what it hears. */
export const bootPeer = ({ files, order }: BootPeerOptions): BootPeer => {
  const asked: string[] = []
  const events: InstallEvent[] = []
  const bodies = new Map<string, Buffer>()
  const answer: RequestListener = async (request, response) => {
    const { method, url = '' } = request
    const body = await buffer(request)
    bodies.set(url, body)
    if (url === '/report/event') events.push(JSON.parse(body.toString()))
    else asked.push(`${method} ${url}`)
    const file = files[url]
    if (url !== '/install') {
      response.statusCode = file === undefined ? 204 : 200
      response.end(file)
    } else if (order === undefined) {
      response.statusCode = 403
      response.end('the token is none that was given\n')
    } else {
      response.end(JSON.stringify(order(JSON.parse(body.toString()).facts)))
    }
  }
  return { answer, asked, events, bodyOf: path => bodies.get(path) }
}
