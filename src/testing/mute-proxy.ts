import { startUdpProxy, type UdpProxy } from './udp-proxy.ts'

/** A proxy for datagrams: `answered` counts what came back. */
export type MuteProxy = UdpProxy & { readonly answered: () => number }

/** Passes questions on to `127.0.0.1:port` and `most` answers back; then it is as if the server were gone. */
export const startMuteProxy = async (port: number, most: number): Promise<MuteProxy> => {
  let answered = 0
  const proxy = await startUdpProxy(
    port,
    pass => pass(),
    pass => {
      if (answered >= most) return
      answered += 1
      pass()
    },
  )
  return { ...proxy, answered: () => answered }
}
