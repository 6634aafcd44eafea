import { unescapeMountField } from '../../model/mount-field.ts'

/** What uses block devices, apart from what the kernel calls their holders. */
export type UseTable = MountTable & {
  /** Kernel names of the loop devices on a device, by `MAJOR:MINOR`. */
  readonly loops: ReadonlyMap<string, readonly string[]>
}

/** Where block devices are mounted, and `swap` for active swap: by `MAJOR:MINOR` and by path. */
export type MountTable = {
  readonly byDevno: ReadonlyMap<string, readonly string[]>
  /** Of those that the kernel shows under a number of their own, such as btrfs. */
  readonly byPath: ReadonlyMap<string, readonly string[]>
}

/** One line of `/proc/self/mountinfo`. */
export type MountRow = {
  readonly devno: string
  /** The directory of the file system that is seen at the mount point. */
  readonly root: string
  readonly mountPoint: string
  readonly type: string
  readonly source: string
}

/**
 * Parses `/proc/self/mountinfo` (proc(5)). Pure.
 *
 *     36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *           devno root mount point                 type source
 */
export const parseMountRows = (mountinfo: string): readonly MountRow[] =>
  mountinfo.split('\n').flatMap(line => {
    const [before = '', behind = ''] = line.split(' - ')
    const [, , devno, root, mountPoint] = before.split(' ')
    const [type, source] = behind.split(' ')
    if (devno === undefined || root === undefined || mountPoint === undefined) return []
    if (type === undefined || source === undefined) return []
    return [
      {
        devno,
        root: unescapeMountField(root),
        mountPoint: unescapeMountField(mountPoint),
        type,
        source: unescapeMountField(source),
      },
    ]
  })

/** Parses `/proc/self/mountinfo` and `/proc/swaps`. Pure. */
export const parseMounts = (mountinfo: string, swaps: string): MountTable => {
  const rows = parseMountRows(mountinfo)
  const swapped = swaps
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const [path, type] = line.split(/\s+/)
      return path !== undefined && type === 'partition'
        ? [{ source: unescapeMountField(path), mountPoint: 'swap' }]
        : []
    })
  const paths = [...rows.filter(({ source }) => source.startsWith('/')), ...swapped]
  return {
    byDevno: grouped(rows.map(({ devno, mountPoint }) => [devno, mountPoint])),
    byPath: grouped(paths.map(({ source, mountPoint }) => [source, mountPoint])),
  }
}

const grouped = (pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...Map.groupBy(pairs, ([key]) => key)].map(([key, found]) => [key, found.map(([, value]) => value)]),
  )
