import { formatDiagnostic } from '../diagnostic/format.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import type { Storage } from '../model/storage.ts'
import type { StorageLayout } from '../plan/disk/layout.ts'
import { planStorage } from '../plan/disk/storage-layout.ts'

/** The layout that a `disk_config` text asks for on a machine; throws what stands against it. */
export const layoutOf = (text: string, machine: Storage): StorageLayout => {
  const config = parseDiskConfig(text, 'disk_config/CLASS')
  const layout = config.value && planStorage(config.value, machine, { isInitial: false })
  if (layout?.value !== undefined) return layout.value
  throw new Error([...config.diagnostics, ...(layout?.diagnostics ?? [])].map(formatDiagnostic).join('\n'))
}
