import { parseServerAddress, type ServerAddress } from '../model/server-address.ts'
import type { MonitorAddress } from './monitor.ts'

/** Where fai-monitor(8) listens unless told otherwise. */
const MONITOR_PORT = 4711

/** What is known of the monitor and of this machine when a run begins. */
export type MonitorWishes = {
  /** `HOST[:PORT]` of the command line, and of the configuration. */
  readonly option: string | undefined
  readonly configured: string | undefined
  /** `monserver`, `FAI_MONITOR_PORT`, `FAI_SENDID`, `SERVER`: the environment first, then the sources. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** `$HOSTNAME`. */
  readonly host: string
  readonly mac: string | undefined
}

/**
 * Whom to tell, first of these: `--monitor`, `monserver`, the configuration, `SERVER`; undefined where there is none, or
 * where it is no address. Pure.
 */
export const resolveMonitor = (wishes: MonitorWishes): MonitorAddress | undefined => {
  const { option, configured, variables, host, mac } = wishes
  const text = [option, variables['monserver'], configured, variables['SERVER']].find(isGiven)
  const address = text === undefined ? undefined : parseMonitor(text, variables['FAI_MONITOR_PORT'])
  return address && { ...address, sendId: sendIdOf(variables['FAI_SENDID'], host, mac) }
}

/** `HOST` or `HOST:PORT`; the port is `FAI_MONITOR_PORT`, then 4711, unless it stands there. Pure. */
export const parseMonitor = (text: string, port: string | undefined): ServerAddress | undefined =>
  parseServerAddress(text, /^[0-9]{1,5}$/.test(port ?? '') ? Number(port) : MONITOR_PORT)

/** The first word of each line: `FAI_SENDID` is `host`, `mac`, `pxe` or the word itself. Pure. */
const sendIdOf = (wish: string | undefined, host: string, mac: string | undefined): string => {
  switch (wish) {
    case undefined:
    case '':
    case 'host':
      return host
    case 'mac':
      return mac ?? host
    case 'pxe':
      return mac === undefined ? host : `01-${mac.replaceAll(':', '-')}`
    default:
      return wish
  }
}

const isGiven = (text: string | undefined): text is string => text !== undefined && text !== ''

/**
 * The server in the URI of a config space, without its user and port; FAI's `SERVER` where nobody says another
 * (fai-semantics.md, section 2.8). Undefined for `file:///…` and a plain directory. Pure.
 */
export const serverOfUri = (uri: string): string | undefined => {
  const authority = /^[^/]*:\/\/([^/]+)\//.exec(uri)?.[1]
  return authority?.replace(/^.*@/, '').replace(/:[0-9]+$/, '')
}
