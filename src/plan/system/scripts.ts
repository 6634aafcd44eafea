import { join } from 'node:path'
import type { Script } from '../../model/config-space.ts'
import type { Step } from '../step.ts'
import { systemStep } from './system-step.ts'

/**
 * One step for each script of the config space, in FAI's order (task `configure`). Pure. FAI sets no limit; a script that waits
 * for input would hang for ever.
 */
export const planScripts = (
  scripts: readonly Script[],
  configSpace: string,
  timeoutSeconds: number,
): readonly Step[] =>
  scripts.map(({ class: className, name, path }) =>
    systemStep(
      'configure',
      `script.${name}`,
      `run scripts/${name}`,
      { kind: 'run-script', directory: join(configSpace, 'scripts'), name, timeoutSeconds },
      [{ class: className, origin: { kind: 'file', path } }],
    ),
  )
