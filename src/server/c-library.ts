/** Functions of the C library; those that fail give -1 and set `errno`. */
export type CLibrary = {
  readonly socket: (domain: number, type: number, protocol: number) => number
  readonly setsockopt: (fd: number, level: number, name: number, value: Buffer, octets: number) => number
  readonly bind: (fd: number, address: Buffer, octets: number) => number
  readonly flock: (fd: number, operation: number) => number
  readonly close: (fd: number) => number
  readonly errno: () => number
}

let loading: Promise<CLibrary> | undefined

/** Loaded when it is first needed: no other command pays for it. Rejects where package koffi cannot be loaded. */
export const loadCLibrary = (): Promise<CLibrary> => {
  loading ??= load()
  return loading
}

const load = async (): Promise<CLibrary> => {
  const { default: koffi } = await import('koffi')
  const libc = koffi.load(null)
  return {
    socket: libc.func('int socket(int, int, int)'),
    setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    bind: libc.func('int bind(int, const void *, uint32_t)'),
    flock: libc.func('int flock(int, int)'),
    close: libc.func('int close(int)'),
    errno: () => koffi.errno(),
  }
}
