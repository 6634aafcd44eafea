import type { Test } from 'tap'
import { httpApp } from '../server/http/app.ts'
import { type BootSite, type BootSiteOptions, bootDirectory, openBootSite, WEB01 } from './boot-site.ts'

/** Where iPXE on `web01` finds its script. */
export const SCRIPT = '/boot/52-54-00-00-00-01.ipxe'

/** A request, and the address that it comes from: that of `web01` where it is absent. */
export type ClientRequest = RequestInit & { readonly from?: string }

/** A site without a network, and who asks its HTTP server. */
export type BootClient = {
  readonly site: BootSite
  readonly ask: (path: string, request?: ClientRequest) => Promise<Response>
}

/** Opens a site for the time of a test. */
export const openBootClient = async (t: Test, given: BootSiteOptions = {}): Promise<BootClient> => {
  const site = await openBootSite(await bootDirectory(t), given)
  const app = httpApp(site.options)
  return {
    site,
    ask: async (path, request = {}) =>
      app.request(path, request, { incoming: { socket: { remoteAddress: request.from ?? '192.0.2.11' } } }),
  }
}

/** A POST with a token or a key; a body that is no text becomes JSON. */
export const post = (secret: string, body: unknown, from?: string): ClientRequest => ({
  method: 'POST',
  headers: { authorization: `Bearer ${secret}` },
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...(from === undefined ? {} : { from }),
})

/** The token in a script; empty where there is none. */
export const tokenIn = (script: string): string => /FAI_CLASSES_TOKEN=(\S+)/.exec(script)?.[1] ?? ''

/** Arms `web01` and gives the token of its script. */
export const tokenOf = async ({ site, ask }: BootClient): Promise<string> => {
  await site.wish('install')
  return tokenIn(await (await ask(SCRIPT)).text())
}

/** Begins the installation of `web01`. */
export const beginInstall = async (client: BootClient): Promise<{ token: string; reportKey: string }> => {
  const token = await tokenOf(client)
  const answer = await client.ask('/install', post(token, { facts: [] }))
  const { reportKey } = (await answer.json()) as { reportKey: string }
  return { token, reportKey }
}

/** What `web01` boots. */
export const stateOf = async ({ store }: BootSite): Promise<string> => (await store.read(WEB01.fqdn)).state
