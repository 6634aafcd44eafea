import type { LibraryHandle } from 'koffi'

/** Functions of the C library; those that fail give -1 and set `errno`. */
export type CLibrary = {
  readonly socket: (domain: number, type: number, protocol: number) => number
  readonly setsockopt: (fd: number, level: number, name: number, value: Buffer, octets: number) => number
  readonly bind: (fd: number, address: Buffer, octets: number) => number
  readonly getsockname: (fd: number, address: Buffer, octets: Buffer) => number
  readonly sendto: (
    fd: number,
    octets: Buffer,
    count: number,
    flags: number,
    to: Buffer,
    toOctets: number,
  ) => number
  readonly recvfrom: (
    fd: number,
    octets: Buffer,
    count: number,
    flags: number,
    from: Buffer,
    fromOctets: Buffer,
  ) => number
  /** How many messages of `struct mmsghdr` were received; likewise sent. */
  readonly recvmmsg: (fd: number, headers: Buffer, count: number, flags: number, timeout: null) => number
  readonly sendmmsg: (fd: number, headers: Buffer, count: number, flags: number) => number
  readonly preadv2: (
    fd: number,
    places: readonly IoVector[],
    count: number,
    position: number,
    flags: number,
  ) => number
  readonly epoll_wait: (fd: number, events: Buffer, most: number, timeoutMs: number) => number
  readonly flock: (fd: number, operation: number) => number
  readonly close: (fd: number) => number
  /** Where in memory the octets are: `memmove` gives its first argument. */
  readonly addressOf: (octets: Buffer, same: Buffer, count: number) => number | bigint
  readonly pointerOctets: number
  readonly errno: () => number
  /** Calls whenever a descriptor is readable, for as long as the result is kept. */
  readonly poll: (fd: number, onReadable: () => void) => { readonly close: () => void }
  /** The epoll descriptor in which the event loop of Node waits; -1 where it keeps that to itself. */
  readonly loopFd: number
}

/** `struct iovec`: where something is put, and how many octets there is room for. */
type IoVector = { readonly iov_base: Buffer; readonly iov_len: number }

let loading: Promise<CLibrary> | undefined

/** Loaded when it is first needed: no other command pays for it. Rejects where package koffi cannot be loaded. */
export const loadCLibrary = (): Promise<CLibrary> => {
  loading ??= load()
  return loading
}

const load = async (): Promise<CLibrary> => {
  const { default: koffi } = await import('koffi')
  const libc = koffi.load(null)
  koffi.struct('iovec', { iov_base: 'void *', iov_len: 'size_t' })
  return {
    socket: libc.func('int socket(int, int, int)'),
    setsockopt: libc.func('int setsockopt(int, int, int, const void *, uint32_t)'),
    bind: libc.func('int bind(int, const void *, uint32_t)'),
    sendto: libc.func('intptr_t sendto(int, const void *, size_t, int, const void *, uint32_t)'),
    recvfrom: libc.func('intptr_t recvfrom(int, void *, size_t, int, void *, void *)'),
    getsockname: libc.func('int getsockname(int, void *, void *)'),
    recvmmsg: libc.func('int recvmmsg(int, void *, unsigned int, int, void *)'),
    sendmmsg: libc.func('int sendmmsg(int, void *, unsigned int, int)'),
    preadv2: libc.func('intptr_t preadv2(int, const iovec *, int, int64_t, int)'),
    epoll_wait: libc.func('int epoll_wait(int, void *, int, int)'),
    flock: libc.func('int flock(int, int)'),
    close: libc.func('int close(int)'),
    addressOf: libc.func('uint64_t memmove(void *, const void *, size_t)'),
    pointerOctets: koffi.sizeof('void *'),
    errno: () => koffi.errno(),
    poll: (fd, onReadable) => koffi.node.poll(fd, asNode(onReadable)),
    loopFd: loopFdOf(libc),
  }
}

const loopFdOf = (libc: LibraryHandle): number => {
  try {
    return libc.func('int uv_backend_fd(void *)')(libc.func('void *uv_default_loop()')())
  } catch {
    return -1
  }
}

/** Koffi calls past Node: what `call` does to promises goes on, and what it throws is told, only in a turn of Node's own. */
const asNode = (call: () => void) => (): void => {
  try {
    call()
    setImmediate(NOTHING)
  } catch (fault) {
    setImmediate(() => {
      throw fault
    })
  }
}

const NOTHING = (): void => {}
