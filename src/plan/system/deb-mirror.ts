import type { Step } from '../step.ts'
import { systemStep } from './system-step.ts'

/** Of FAI, for a mirror on NFS. */
const OPTIONS = ['-o', 'async,noatime,nolock,ro,actimeo=1800']
const MOUNT_POINT = '/media/mirror'

/** FAI's `FAI_DEBMIRROR`: a mirror mounted at `MNTPOINT` below the target until the end, with `romountopt`. Pure. */
export const planDebMirror = (variables: Readonly<Record<string, string>>): readonly Step[] => {
  const source = variables['FAI_DEBMIRROR'] ?? ''
  if (source === '') return []
  const at = variables['MNTPOINT'] || MOUNT_POINT
  const options = variables['romountopt']?.split(/\s+/).filter(word => word !== '') ?? OPTIONS
  const action = { kind: 'mount-mirror', source, at, options } as const
  return [systemStep('repository', 'repository.mirror', `mount ${source} at ${at}`, action)]
}
