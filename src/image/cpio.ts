/** What an archive says of one file. */
export type CpioHeader = {
  /** Without a slash at the begin. */
  readonly path: string
  /** Kind and permissions, as `st_mode`. */
  readonly mode: number
  /** Of each file another one. */
  readonly inode: number
  readonly mtimeSeconds: number
  readonly sizeBytes: number
}

const MAGIC = '070701'
const ALIGNMENT = 4

/**
 * The header of one file as the kernel reads it (Documentation/driver-api/early-userspace/buffer-format.rst, "newc"). Whatever
 * the machine has, the owner is root and no file has two names. Pure.
 *
 *     070701 inode mode uid gid links mtime size devmajor devminor rdevmajor rdevminor namesize check   8 hexadecimal digits each
 *     name NUL, filled up with NUL to a multiple of 4 octets
 */
export const encodeCpioHeader = ({ path, mode, inode, mtimeSeconds, sizeBytes }: CpioHeader): Buffer => {
  const name = Buffer.from(`${path}\0`)
  const fields = [inode, mode, 0, 0, 1, mtimeSeconds, sizeBytes, 0, 0, 0, 0, name.length, 0]
  const hexadecimal = fields.map(field => field.toString(16).padStart(8, '0')).join('')
  const text = Buffer.concat([Buffer.from(MAGIC + hexadecimal), name])
  return Buffer.concat([text, cpioPadding(text.length)])
}

/** What follows so many octets of a header or of content. Pure. */
export const cpioPadding = (length: number): Buffer =>
  Buffer.alloc((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT)

/** The end of an archive; another one may follow. */
export const CPIO_END = encodeCpioHeader({
  path: 'TRAILER!!!',
  mode: 0,
  inode: 0,
  mtimeSeconds: 0,
  sizeBytes: 0,
})
