import type { DiskConfig, Keep } from './disk-config.ts'

/** Whether a configuration keeps anything, so that a plan needs to know what is there. Pure. */
export const keepsAnything = ({ disks, arrays, volumeGroups }: DiskConfig): boolean => {
  const lines: readonly Keep[] = [
    ...arrays,
    ...disks.flatMap(({ volumes }) => volumes),
    ...volumeGroups.flatMap(({ volumes }) => volumes),
  ]
  return (
    disks.some(({ preserveAll }) => preserveAll !== undefined) ||
    lines.some(({ preserve, resize }) => preserve !== undefined || resize)
  )
}
