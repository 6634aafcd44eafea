import { unescapeMountField } from '../../model/mount-field.ts'

/** Where block devices are mounted, and `swap` for active swap: by `MAJOR:MINOR` and by path. */
export type MountTable = {
  readonly byDevno: ReadonlyMap<string, readonly string[]>
  /** Of those that the kernel shows under a number of their own, such as btrfs. */
  readonly byPath: ReadonlyMap<string, readonly string[]>
}

/**
 * Parses `/proc/self/mountinfo` (proc(5)) and `/proc/swaps`. Pure.
 *
 *     36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *           devno      mount point                  type source
 */
export const parseMounts = (mountinfo: string, swaps: string): MountTable => {
  const rows = mountinfo.split('\n').flatMap(line => {
    const [before = '', behind = ''] = line.split(' - ')
    const [, , devno, , mountPoint] = before.split(' ')
    const source = behind.split(' ')[1]
    if (devno === undefined || mountPoint === undefined || source === undefined) return []
    return [{ devno, source: unescapeMountField(source), mountPoint: unescapeMountField(mountPoint) }]
  })
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
