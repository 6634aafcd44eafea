import { shellAssignments } from '../model/shell-word.ts'
import { maskVariables } from './mask-secrets.ts'
import type { Step } from './step.ts'
import { systemStep } from './system/system-step.ts'

/** What a run leaves in the log directory before anything is done (contract, section 8). */
export type LogInput = {
  readonly classes: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  /** The explained list, as `lookup --format json` prints it. */
  readonly explained: object
}

/** Steps that write `FAI_CLASSES`, `variables.log` and `classes.json`, secrets masked. Pure. */
export const planLogFiles = ({ classes, variables, explained }: LogInput): readonly Step[] => {
  const masked = maskVariables(variables)
  const write = (id: string, task: 'defclass' | 'defvar', file: string, content: string): Step =>
    systemStep(task, id, `write ${file} to the log directory`, {
      kind: 'write-file',
      path: { log: file },
      content,
      mode: 0o640,
    })
  return [
    write('log.classes', 'defclass', 'FAI_CLASSES', classes.map(name => `${name}\n`).join('')),
    write(
      'log.explained',
      'defclass',
      'classes.json',
      `${JSON.stringify(maskExplained(explained, masked), undefined, 2)}\n`,
    ),
    write(
      'log.variables',
      'defvar',
      'variables.log',
      shellAssignments(masked)
        .map(line => `${line}\n`)
        .join(''),
    ),
  ]
}

const maskExplained = (explained: object, masked: Readonly<Record<string, string>>): object => {
  const { variables } = explained as { variables?: Readonly<Record<string, object>> }
  if (variables === undefined) return explained
  const entries = Object.entries(variables).map(([name, variable]) => [
    name,
    { ...variable, value: masked[name] },
  ])
  return { ...explained, variables: Object.fromEntries(entries) }
}
