import { createRequire } from 'node:module'

// npm-dhcp-client.ts MAC: the client of the package `dhcp` gets an address, and prints what it was told.

/** What of the package is used here; it has no types. */
type NpmClient = {
  readonly on: (name: string, listener: (message: Told) => void) => void
  readonly listen: () => void
  readonly sendDiscover: () => void
  readonly sendRequest: (offer: Told) => void
  readonly close: () => void
}
type Told = { readonly yiaddr: string; readonly options: Readonly<Record<number, unknown>> }

const ACK = 5
const OFFER = 2
const { createClient } = createRequire(import.meta.url)('dhcp')
const client: NpmClient = createClient({ mac: process.argv[2] })
client.on('error', error => process.stdout.write(`error ${JSON.stringify(error)}\n`))
client.on('message', message => {
  const type = message.options[53]
  process.stdout.write(`${type} ${message.yiaddr} ${message.options[12] ?? ''}\n`)
  // Its first request names no address; it has learned that of the offer only afterwards.
  if (type === OFFER) setImmediate(() => client.sendRequest(message))
  if (type === ACK) client.close()
})
client.on('listening', () => client.sendDiscover())
client.listen()
