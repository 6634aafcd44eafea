import type { Because, Step } from '../step.ts'
import type { Task } from '../task.ts'
import { inTarget, systemStep } from './system-step.ts'

/** A program of the target that another one stands in for while packages are installed. */
export type StandIn = {
  /** Begins the ids of its steps. */
  readonly id: string
  readonly path: string
  /** What the stand-in answers, without doing anything. */
  readonly exitCode: number
  readonly because?: readonly Because[]
}

/**
 * Puts the stand-in in place by dpkg's own means, so that a package that brings the program meanwhile does not undo it; a
 * name below `/usr/local` would not do, for apt has a search path of its own. `fai` is the package that FAI diverts for. Pure.
 */
export const planStandIn = (task: Task, standIn: StandIn): readonly Step[] => {
  const { id, path, exitCode, because } = standIn
  const action = {
    kind: 'write-file',
    path: { target: path },
    content: `#!/bin/sh\nexit ${exitCode}\n`,
    mode: 0o755,
  } as const
  return [
    systemStep(task, `${id}.divert`, `put ${path} aside`, divert('--add', path), because),
    systemStep(task, `${id}.stand-in`, `have ${path} answer ${exitCode} for now`, action, because),
  ]
}

/** Puts the program back, or what a package brought for it. Pure. */
export const planStandInRemoval = (task: Task, { id, path, because }: StandIn): readonly Step[] => [
  systemStep(
    task,
    `${id}.remove`,
    `remove the stand-in for ${path}`,
    { kind: 'remove-file', path: { target: path } },
    because,
  ),
  systemStep(task, `${id}.back`, `put ${path} back`, divert('--remove', path), because),
]

const divert = (what: '--add' | '--remove', path: string) =>
  inTarget(['dpkg-divert', '--quiet', '--package', 'fai', '--rename', what, path])
