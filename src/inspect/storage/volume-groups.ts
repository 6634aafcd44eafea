import type { FoundGroup, FoundVolume } from '../../model/storage.ts'

/** A logical volume as LVM lists it, before anything is known of what it holds. */
export type ListedVolume = Pick<FoundVolume, 'name' | 'device' | 'sizeBytes' | 'isActive'>

/** A volume group as LVM lists it; physical volumes by the names that LVM has for them. */
export type ListedGroup = Omit<FoundGroup, 'volumes'> & { readonly volumes: readonly ListedVolume[] }

/** What to ask `vgs`, `pvs` and `lvs` for: JSON, sizes in bytes. */
export const REPORTS = {
  vgs: 'vg_name,vg_uuid,vg_size,vg_extent_size',
  pvs: 'vg_name,pv_name',
  lvs: 'vg_name,lv_name,lv_path,lv_size,lv_active',
} as const

type Row = Readonly<Record<string, string>>

/** Puts the three reports together, groups and volumes by name. Pure. */
export const parseGroups = (
  reports: Readonly<Record<keyof typeof REPORTS, string>>,
): readonly ListedGroup[] => {
  const physical = Map.groupBy(rowsOf(reports.pvs), row => row['vg_name'] ?? '')
  const volumes = Map.groupBy(rowsOf(reports.lvs), row => row['vg_name'] ?? '')
  return byName(
    rowsOf(reports.vgs).map((row): ListedGroup => {
      const { vg_name: name = '', vg_uuid: uuid, vg_size: size, vg_extent_size: extent } = row
      return {
        name,
        ...(uuid === undefined ? {} : { uuid }),
        sizeBytes: Number(size),
        extentBytes: Number(extent),
        physicalVolumes: (physical.get(name) ?? []).map(row => row['pv_name'] ?? '').sort(),
        volumes: byName((volumes.get(name) ?? []).filter(isVisible).map(toVolume)),
      }
    }),
  )
}

const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
  [...items].sort((a, b) => (a.name < b.name ? -1 : 1))

/** Parts of snapshots and mirrors have no path. */
const isVisible = ({ lv_path: path }: Row): boolean => path !== undefined && path !== ''

const toVolume = ({
  lv_name: name = '',
  lv_path: device = '',
  lv_size: size,
  lv_active: active,
}: Row): ListedVolume => ({
  name,
  device,
  sizeBytes: Number(size),
  isActive: active === 'active',
})

/** `{"report":[{"vg":[{…}]}]}`: the rows, whatever they are called. */
const rowsOf = (json: string): readonly Row[] => {
  const { report } = JSON.parse(json) as {
    readonly report: readonly Readonly<Record<string, readonly Row[]>>[]
  }
  return report.flatMap(each => Object.values(each).flat())
}
