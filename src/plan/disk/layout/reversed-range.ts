import { type Diagnostic, errorAt } from '../../../diagnostic/diagnostic.ts'
import type { Content } from '../../../language/disk-config.ts'

/** The error of a line whose size has its ends in the wrong order, which shows only where percentages have a base. */
export const reversedRange = (
  { origin }: Pick<Content, 'origin'>,
  lower: number,
  upper: number,
): Diagnostic => {
  const message = `the lower end of the size (${lower} bytes) is above its upper end (${upper} bytes)`
  return errorAt('disk-config-invalid', message, origin)
}
