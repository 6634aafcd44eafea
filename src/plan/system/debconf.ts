import { join } from 'node:path'
import type { ClassPath } from '../../model/config-space.ts'
import type { Step } from '../step.ts'
import { systemStep } from './system-step.ts'

/** The step of task `debconf` (fai-semantics.md, section 3.5); none where no class has answers. Pure. */
export const planDebconf = (answers: readonly ClassPath[], configSpace: string): readonly Step[] =>
  answers.length === 0
    ? []
    : [
        systemStep(
          'debconf',
          'debconf',
          'preseed debconf',
          { kind: 'run-tool', argv: ['fai-debconf', join(configSpace, 'debconf')] },
          answers.map(({ class: name, path }) => ({ class: name, origin: { kind: 'file', path } })),
        ),
      ]
