import { formatDiagnostic } from '../diagnostic/format.ts'
import type { RunEnd, RunEvent, RunListener } from '../install/run-event.ts'

/** Progress of a run for people where lines are kept: one for each task and step, with the seconds since the begin. */
export const lineListener = (print: (text: string) => void, now: () => number): RunListener => {
  const started = now()
  return event => {
    const told = toldAtOnce(event)
    if (told !== undefined) return print(told)
    const text = lineOf(event)
    if (text === undefined) return
    const seconds = Math.round((now() - started) / 1000)
    print(`[${String(seconds).padStart(4)} s] ${text}`)
  }
}

const lineOf = (event: RunEvent): string | undefined => {
  switch (event.event) {
    case 'task-begin':
      return `task ${event.task}`
    case 'task-end':
      return event.code > 0 ? `task ${event.task} ended with code ${event.code}` : undefined
    case 'task-skip':
      return `task ${event.task} is skipped`
    case 'step':
      return `${event.task}: ${event.title}`
    case 'script-end':
      return failedScriptLine(event)
    default:
      return undefined
  }
}

/** The line of a script that did not end with 0. Pure. */
export const failedScriptLine = (event: Extract<RunEvent, { event: 'script-end' }>): string | undefined =>
  event.exitCode === 0 ? undefined : `${event.task}: ${event.name} failed with exit code ${event.exitCode}`

/** What an administrator must read, wherever it is shown; undefined for what is only progress. Pure. */
export const toldAtOnce = (event: RunEvent): string | undefined => {
  switch (event.event) {
    case 'diagnostic':
      return formatDiagnostic(event)
    case 'message':
      return `fai-classes: ${event.message}`
    case 'run-end':
      return formatRunEnd(event)
    default:
      return undefined
  }
}

/** One line that says how a run ended and where to look. Pure. */
export const formatRunEnd = ({
  host,
  action,
  exitCode,
  taskError,
  seconds,
  failedScripts,
  logDirectory,
}: RunEnd): string => {
  const scripts = failedScripts.map(({ name, exitCode: code }) => `${name} (exit code ${code})`).join(', ')
  return [
    `${host}: ${action} ${exitCode === 0 ? 'is done' : 'has FAILED'} after ${formatElapsed(seconds)}`,
    ...(taskError > 0 ? [`worst task error ${taskError}`] : []),
    ...(scripts === '' ? [] : [`failed: ${scripts}`]),
    `logs: ${logDirectory}`,
  ].join('; ')
}

/** `1:05`, or `1:02:03` from an hour on. Pure. */
export const formatElapsed = (seconds: number): string => {
  const whole = Math.floor(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const rest = String(whole % 60).padStart(2, '0')
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`
}
