import { parseMac } from '../../model/host-query.ts'
import type { BootScripts, LeaseHolders } from '../boot/boot-scripts.ts'
import type { InstallFiles } from '../boot/install-files.ts'
import type { IdentifyMachine } from '../boot-host.ts'
import { readText } from './body.ts'
import { accept, addressOf, type HttpApp, refuse, refuseContent } from './context.ts'

/** What these routes need. */
export type BootRoutesOptions = {
  readonly scripts: BootScripts
  readonly files: InstallFiles
  readonly identify: IdentifyMachine
  readonly leases?: LeaseHolders | undefined
  readonly unknownHosts: 'ignore' | 'discover'
}

const MOST_INVENTORY = 2 ** 20

const STATUS_OF = { refused: 403, unknown: 404, failed: 503 } as const

/**
 * `GET /boot/MAC.ipxe` and `/boot/MAC.grub`, with `?uuid=UUID` for a machine that is known by it; and `PUT /discover/MAC`, of
 * machines that nobody knows. HEAD changes nothing.
 */
export const addBootRoutes = (app: HttpApp, options: BootRoutesOptions): void => {
  app.get('/boot/:file{[0-9A-Fa-f:-]{12,17}\\.(?:ipxe|grub)}', async c => {
    const [name = '', format] = c.req.param('file').split('.')
    const mac = parseMac(name)
    if (mac === undefined) return refuse(c, 404, 'this is no MAC')
    const uuid = parseUuid(c.req.query('uuid'))
    const answer = await options.scripts.answer({
      machine: { mac, ...(uuid === undefined ? {} : { uuid }) },
      address: addressOf(c),
      format: format === 'grub' ? 'grub' : 'ipxe',
      peek: c.req.method === 'HEAD',
    })
    if (answer.kind !== 'script') return refuse(c, STATUS_OF[answer.kind], answer.why)
    c.set('note', answer.title)
    const headers = { 'cache-control': 'no-store', 'content-length': `${Buffer.byteLength(answer.text)}` }
    return c.text(answer.text, 200, headers)
  })

  app.put('/discover/:mac', async c => {
    const mac = parseMac(c.req.param('mac'))
    if (options.unknownHosts !== 'discover' || mac === undefined)
      return refuse(c, 404, 'nothing is taken here')
    const { leases, identify, files } = options
    if (leases !== undefined && leases.macAt(addressOf(c)) !== mac)
      return refuse(c, 403, `${addressOf(c)} is not the address of ${mac}`)
    if ((await identify({ mac })) !== 'unknown') return refuse(c, 409, `${mac} is known meanwhile`)
    const body = await readText(c.req.raw, MOST_INVENTORY)
    if (body.kind !== 'text') return refuseContent(c, body.kind)
    const kept = await files.saveInventory(mac, body.text)
    return kept === 'kept' ? accept(c, mac) : refuseContent(c, kept)
  })
}

/** The UUID of a machine; the one of zeros, which firmware without one sends, is none. */
const parseUuid = (text: string | undefined): string | undefined => {
  const uuid = text?.toLowerCase()
  return uuid !== undefined &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) &&
    /[1-9a-f]/.test(uuid)
    ? uuid
    : undefined
}
