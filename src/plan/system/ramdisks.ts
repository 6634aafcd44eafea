import { posix } from 'node:path'
import type { Step } from '../step.ts'
import { systemStep } from './system-step.ts'

/** What FAI 6 keeps in memory where nobody says otherwise: dpkg writes its database with a sync for each package. */
const DEFAULT_PATH = '/var/lib/dpkg'

/** Steps at the end of `extrbase`, and at the beginning of `finish`. */
export type RamdiskSteps = { readonly mount: readonly Step[]; readonly unmount: readonly Step[] }

/**
 * FAI's `FAI_RAMDISKS`: directories of the target that are in memory while packages are installed, paths as this machine
 * sees them. What is in them is written back at the end, also of a run that fails. Pure.
 */
export const planRamdisks = (variables: Readonly<Record<string, string>>): RamdiskSteps => {
  const root = posix.resolve('/', variables['target'] ?? '/')
  const named = (variables['FAI_RAMDISKS'] ?? '').split(/\s+/).filter(word => word !== '')
  const paths = named.length === 0 ? [DEFAULT_PATH] : named.map(path => `/${posix.relative(root, path)}`)
  const inside = [...new Set(paths)].filter(path => path !== '/' && !path.startsWith('/..'))
  return {
    mount: inside.map(path =>
      systemStep('extrbase', `ramdisk.${path}`, `keep ${path} in memory`, { kind: 'mount-ramdisk', path }),
    ),
    unmount: inside.map(path =>
      systemStep('finish', `ramdisk.${path}.back`, `write ${path} back`, { kind: 'unmount-ramdisk', path }),
    ),
  }
}
