import { shellAssignments } from '../model/shell-word.ts'
import { maskVariables } from './mask-secrets.ts'
import type { LocalStep } from './step.ts'
import { systemStep } from './system/system-step.ts'

/** What a run says of the class list before anything is done (contract, section 8). */
export type ClassFilesInput = {
  readonly classes: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  /** The explained list, as `lookup --format json` prints it. */
  readonly explained: object
}

/** Steps that write `FAI_CLASSES` and `classes.json` to the log directory, secrets masked. Pure. */
export const planClassFiles = ({ classes, variables, explained }: ClassFilesInput): readonly LocalStep[] => [
  writeLog('log.classes', 'defclass', 'FAI_CLASSES', classes.map(name => `${name}\n`).join('')),
  writeLog(
    'log.explained',
    'defclass',
    'classes.json',
    `${JSON.stringify(maskExplained(explained, maskVariables(variables)), undefined, 2)}\n`,
  ),
]

/** The step that writes `variables.log`, which a shell can read back but for the secrets. Pure. */
export const planVariablesFile = (variables: Readonly<Record<string, string>>): LocalStep =>
  writeLog(
    'log.variables',
    'defvar',
    'variables.log',
    shellAssignments(maskVariables(variables))
      .map(line => `${line}\n`)
      .join(''),
  )

const writeLog = (id: string, task: 'defclass' | 'defvar', file: string, content: string): LocalStep =>
  systemStep(task, id, `write ${file} to the log directory`, {
    kind: 'write-file',
    path: { log: file },
    content,
    mode: 0o640,
  })

const maskExplained = (explained: object, masked: Readonly<Record<string, string>>): object => {
  const { variables } = explained as { variables?: Readonly<Record<string, object>> }
  if (variables === undefined) return explained
  const entries = Object.entries(variables).map(([name, variable]) => [
    name,
    { ...variable, value: masked[name] },
  ])
  return { ...explained, variables: Object.fromEntries(entries) }
}
