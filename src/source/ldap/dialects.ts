import type { Dialect, DialectName } from './dialect.ts'
import { FAI_CLASSES } from './dialect-fai-classes.ts'
import { ARGONAUT, GOSA } from './dialect-fai-schema.ts'
import { PUPPET } from './dialect-puppet.ts'

/** Every dialect by its name in the configuration. */
export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  faiClasses: FAI_CLASSES,
  argonaut: ARGONAUT,
  gosa: GOSA,
  puppet: PUPPET,
}
