/** What an installation consists of (fai-semantics.md, section 2.2), in FAI's order. */
const INSTALLING = [
  'partition',
  'mountdisks',
  'extrbase',
  'debconf',
  'repository',
  'updatebase',
  'instsoft',
  'configure',
  'tests',
  'finish',
  'chboot',
  'savelog',
] as const

/** FAI's tasks (fai-semantics.md, section 2.2), in the order in which they can come, and ours at the end. */
export const TASKS = [
  'confdir',
  'setup',
  'defclass',
  'defvar',
  'action',
  'install',
  'dirinstall',
  'softupdate',
  'sysinfo',
  'inventory',
  ...INSTALLING,
  'faiend',
  'register',
] as const

/** One of them. */
export type Task = (typeof TASKS)[number]

/** What comes before every action. */
export const PROLOGUE = ['confdir', 'setup', 'defclass', 'defvar'] as const satisfies readonly Task[]

/** Tasks of an installation that another action leaves out. */
const LEFT_OUT = {
  install: [],
  dirinstall: ['partition', 'mountdisks', 'chboot'],
  softupdate: ['partition', 'mountdisks', 'extrbase', 'chboot'],
} as const satisfies Readonly<Record<string, readonly Task[]>>

/** An action that brings a system to its class list. */
export type SystemAction = keyof typeof LEFT_OUT

/** Whether an action brings a system to its class list; others only look, or are the config space's own. Pure. */
export const isSystemAction = (action: string): action is SystemAction => Object.hasOwn(LEFT_OUT, action)

/** The tasks inside the task of an action, in FAI's order. Pure. */
export const tasksInside = (action: SystemAction): readonly Task[] => {
  const leftOut: readonly Task[] = LEFT_OUT[action]
  return INSTALLING.filter(task => !leftOut.includes(task))
}

/** Every task that is run for an action, those around others too; an action that is none of FAI's has no tasks inside. Pure. */
export const tasksOf = (action: string): readonly Task[] => [
  ...PROLOGUE,
  'action',
  ...(isSystemAction(action) ? ([action, ...tasksInside(action), 'faiend'] as const) : []),
]

/** FAI's `STOP_ON_ERROR` where nobody sets it: a code above it ends the run. */
export const STOP_ON_ERROR = 700

/**
 * What a failed step counts as (fai-semantics.md, sections 2.3 and 2.6): FAI's own codes where it has one. Above
 * `STOP_ON_ERROR` the run ends there; what FAI lets pass unseen (a key that cannot be copied, a loader that cannot be
 * made) ends it too.
 */
export const failureCode = (task: Task): number => FAILURE_CODES[task] ?? 801

const FAILURE_CODES: Partial<Readonly<Record<Task, number>>> = {
  partition: 710,
  mountdisks: 885,
  debconf: 402,
  updatebase: 474,
  instsoft: 471,
  configure: 420,
  tests: 312,
  chboot: 3,
  savelog: 410,
}
