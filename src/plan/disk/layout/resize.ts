import { type Diagnostic, errorAt } from '../../../diagnostic/diagnostic.ts'
import type { Content } from '../../../language/disk-config.ts'
import type { FoundContent } from '../../../model/storage.ts'

/** File systems that can become smaller; whether what is used of them fits is seen when it is done. */
const CAN_SHRINK: readonly string[] = ['ext2', 'ext3', 'ext4', 'ntfs', 'btrfs']

type Sized = { readonly sizeBytes: number; readonly content?: FoundContent }

/** Whether what stays becomes smaller, so that its content must become smaller before. Pure. */
const shrinks = (kept: Pick<Sized, 'sizeBytes'> | undefined, sizeBytes: number): boolean =>
  kept !== undefined && sizeBytes < kept.sizeBytes

/** `resize-impossible` where what stays becomes smaller and its content cannot. Pure. */
export const shrinkFaults = (
  device: string,
  kept: Sized | undefined,
  sizeBytes: number,
  line: Pick<Content, 'origin'> & { readonly alwaysFormat: boolean },
): readonly Diagnostic[] => {
  const type = kept?.content?.type
  if (type === undefined || line.alwaysFormat || !shrinks(kept, sizeBytes) || CAN_SHRINK.includes(type))
    return []
  const message = `"${device}" holds "${type}", which cannot become smaller (found ${kept?.sizeBytes} bytes, wanted ${sizeBytes})`
  return [errorAt('resize-impossible', message, line.origin)]
}
