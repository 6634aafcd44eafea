import type { RunEvent, RunListener } from '../install/run-event.ts'
import type { Task } from '../plan/task.ts'
import type { Terminal } from './deps.ts'
import { failedScriptLine, formatElapsed, toldAtOnce } from './run-reporter.ts'

/** Lines of a program may come by the thousand; a reader sees no more than these. */
const REDRAW_MS = 100
/** The clock of a program that says nothing goes on. */
const TICK_MS = 1000
const TASK_COLUMNS = 12
const TIME_COLUMNS = 7

type OpenTask = { readonly task: Task; readonly beganMs: number; hasInside: boolean }

/**
 * Progress of a run in a terminal: one line a task, drawn again in place with the time and what the running program said
 * last, and left there when the task ends. What must be read stands above it.
 */
export const terminalListener = ({ columns, write }: Terminal, now: () => number): RunListener => {
  const tasks: OpenTask[] = []
  let last = ''
  let drawnMs = Number.NEGATIVE_INFINITY
  let clock: NodeJS.Timeout | undefined
  // One write a line, erased only behind its end: so nothing flickers.
  const put = (text: string, end: '' | '\n'): void => write(`\r${fitLine(text, columns() - 1)}\u001b[K${end}`)
  const draw = (): void => {
    const current = tasks.at(-1)
    drawnMs = now()
    if (current !== undefined) put(taskLine(current.task, (now() - current.beganMs) / 1000, last), '')
  }
  const tell = (text: string): void => {
    write(`\r\u001b[K${text}\n`)
    draw()
  }
  const end = (task: Task, result: string): void => {
    const open = tasks.pop()
    // A task around others is in their lines.
    if (open?.hasInside === true) write('\r\u001b[K')
    else put(taskLine(task, open === undefined ? undefined : (now() - open.beganMs) / 1000, result), '\n')
  }
  const follow = (text: string): void => {
    last = text
    if (now() - drawnMs >= REDRAW_MS) draw()
  }
  return event => {
    clock ??= setInterval(draw, TICK_MS).unref()
    const told = toldAtOnce(event)
    if (event.event === 'run-end') clearInterval(clock)
    if (told !== undefined) return tell(told)
    if (event.event === 'task-begin') {
      const around = tasks.at(-1)
      if (around !== undefined) around.hasInside = true
      tasks.push({ task: event.task, beganMs: now(), hasInside: false })
      last = ''
      return draw()
    }
    if (event.event === 'task-skip') return put(taskLine(event.task, undefined, 'skipped'), '\n')
    if (event.event === 'task-end') return end(event.task, event.code === 0 ? 'ok' : `code ${event.code}`)
    const failed = event.event === 'script-end' ? failedScriptLine(event) : undefined
    if (failed !== undefined) return tell(failed)
    const text = followed(event)
    if (text !== undefined) follow(text)
  }
}

const followed = (event: RunEvent): string | undefined => {
  if (event.event === 'output') return event.line
  if (event.event === 'step') return event.title
  return event.event === 'script-begin' ? event.name : undefined
}

const taskLine = (task: Task, seconds: number | undefined, text: string): string => {
  const time = seconds === undefined ? '' : formatElapsed(seconds)
  return `${task.padEnd(TASK_COLUMNS)} ${time.padStart(TIME_COLUMNS)}  ${text}`
}

/**
 * A text as one line of at most `columns` columns: nothing in it controls a terminal, and what may be two columns
 * wide counts as two. Pure.
 */
export const fitLine = (text: string, columns: number): string => {
  let width = 0
  let line = ''
  for (const character of text.replace(SEQUENCE, '').replace(CONTROL, ' ')) {
    width += (character.codePointAt(0) ?? 0) < FIRST_WIDE ? 1 : 2
    if (width > columns) break
    line += character
  }
  return line
}

/** Sequences such as colours (ECMA-48, section 5.4). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const SEQUENCE = /\u001b\[[0-9;?]*[ -/]*[@-~]/g
const CONTROL = /\p{Cc}/gu
/** Hangul Jamo, the first of the wide characters (Unicode, annex 11). */
const FIRST_WIDE = 0x1100
