import { getSystemErrorMessage } from 'node:util'

/** Functions of the C library that Node has no name for; those that fail give -1 and set `errno`. */
export type CLibrary = {
  readonly socket: (domain: number, type: number, protocol: number) => number
  readonly setsockopt: (fd: number, level: number, name: number, value: Buffer, octets: number) => number
  readonly bind: (fd: number, address: Buffer, octets: number) => number
  readonly close: (fd: number) => number
  readonly flock: (fd: number, operation: number) => number
  readonly errno: () => number
}

/** Loads it through koffi when it is needed: no other command pays for it. Rejects where koffi cannot be loaded. */
export const loadCLibrary = async (): Promise<CLibrary> => {
  try {
    const { default: koffi } = await import('koffi')
    const libc = koffi.load(null)
    return {
      socket: libc.func('int socket(int, int, int)'),
      setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
      bind: libc.func('int bind(int, const void *, uint32_t)'),
      close: libc.func('int close(int)'),
      flock: libc.func('int flock(int, int)'),
      errno: () => koffi.errno(),
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new Error(`package koffi cannot be loaded: ${reason}; run npm ci`, { cause })
  }
}

/** What went wrong in the call before, in words. */
export const lastFault = (libc: CLibrary): string => getSystemErrorMessage(-libc.errno())
