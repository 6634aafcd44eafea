import type { Reporter } from '../install/run.ts'
import type { CommandDeps } from './deps.ts'

/** Progress of a run for people: a line a task and a step, with the seconds since the begin, on stderr. */
export const lineReporter = ({ complain, now }: Pick<CommandDeps, 'complain' | 'now'>): Reporter => {
  const started = now()
  const say = (text: string): void => {
    const seconds = Math.round((now() - started) / 1000)
    complain(`[${String(seconds).padStart(4)} s] ${text}`)
  }
  return {
    taskBegins: task => say(`task ${task}`),
    taskEnds: (task, code) => {
      if (code > 0) say(`task ${task} ended with code ${code}`)
    },
    taskSkipped: task => say(`task ${task} is skipped`),
    stepBegins: (task, title) => say(`${task}: ${title}`),
    scriptEnded: (task, name, exitCode) => {
      if (exitCode !== 0) say(`${task}: ${name} failed with exit code ${exitCode}`)
    },
    complain: text => complain(`fai-classes: ${text}`),
  }
}
