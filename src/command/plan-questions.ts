import type { ApplyContext } from '../apply/context.ts'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import type { RunQuestions } from '../install/run-action.ts'
import { readWanted } from '../install/wanted.ts'
import { parseClassName } from '../model/class-name.ts'
import { planClassFiles } from '../plan/log-files.ts'
import type { LocalStep, Step } from '../plan/step.ts'
import { EXIT, type ExitCode } from './deps.ts'
import type { LookupAnswer } from './look-up.ts'
import { lookupObject } from './lookup-output.ts'
import { askFor, type PlannedHost, type PlanSetting, planFor, settingsOf } from './make-plan.ts'
import type { Progress } from './run-progress.ts'

/** What was answered while a run asked; `exitCode` where the answer is that there is none. */
export type Asked = {
  answer: LookupAnswer | undefined
  planned: PlannedHost | undefined
  exitCode: ExitCode
}

/** Nothing was asked yet. */
export const nothingAsked = (): Asked => ({ answer: undefined, planned: undefined, exitCode: EXIT.findings })

/** Where answers come from beside the sources. */
export type Answering = {
  readonly configSpace: string
  readonly asked: Asked
  /** The run that will carry the plan out; absent where it is only shown. */
  readonly context?: ApplyContext
}

/** Answers a run from the sources and the config space, and keeps in `asked` what it answered. */
export const planQuestions = (
  setting: PlanSetting,
  { configSpace, asked, context }: Answering,
  { diagnose }: Pick<Progress, 'diagnose'>,
): Pick<RunQuestions, 'resolve' | 'plan'> => {
  const { args } = setting
  return {
    async resolve(facts, added) {
      const names = added.flatMap(name => parseClassName(name) ?? [])
      const answer = await askFor(setting, configSpace, [...args.facts, ...facts], [...args.add, ...names])
      diagnose(answer.diagnostics)
      const { resolved } = answer
      if (resolved === undefined) {
        asked.exitCode = answer.exitCode === EXIT.done ? EXIT.findings : answer.exitCode
        return undefined
      }
      asked.answer = answer
      const variables = settingsOf(resolved)
      const explained = lookupObject(answer, setting.host, true)
      const { classes } = resolved
      return { classes, variables, steps: planClassFiles({ classes, variables, explained }) }
    },
    async plan(variables) {
      const { answer } = asked
      if (answer?.resolved === undefined) return undefined
      const subject = { answer, resolved: answer.resolved, configSpace, variables }
      const planned = await planFor(setting, {
        ...subject,
        ...(context === undefined ? {} : { run: context }),
      })
      diagnose(planned.diagnostics)
      if (hasErrors(planned.diagnostics) || planned.value === undefined) return undefined
      asked.planned = planned.value
      const { plan, space } = planned.value
      const wanted = await readWanted(plan.classes, space, plan.steps)
      return { steps: plan.steps.filter(isLocal), wanted }
    },
  }
}

const isLocal = (step: Step): step is LocalStep => step.action.kind !== 'update-dns'
