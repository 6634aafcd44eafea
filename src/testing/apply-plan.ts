import { type ApplySetting, openApply } from '../apply/apply-plan.ts'
import { type ApplyContext, type FailedScript, resolveText } from '../apply/context.ts'
import { refusePlan } from '../apply/refusals.ts'
import { targetVariables } from '../apply/script-environment.ts'
import { secretMasker } from '../plan/mask-secrets.ts'
import type { LocalAction, Plan, Step } from '../plan/step.ts'

/** How a plan is carried out for a test; `onStep` is called before each step. */
export type ApplyOptions = ApplySetting & { readonly onStep: (step: Step, index: number) => void }

/**
 * Carries out the steps of a plan alone, without FAI's tasks around them, and stops at the first failure. Whatever happens, all that was
 * mounted or attached is undone; what is left behind rejects, too.
 */
export const applyPlan = async (
  plan: Plan<LocalAction>,
  { onStep, ...setting }: ApplyOptions,
): Promise<{ readonly failedScripts: readonly FailedScript[] }> => {
  const mask = secretMasker(plan.variables)
  const { context, perform, close } = await openApply(setting, opened => planEnvironment(plan, opened), mask)
  const performAll = async (): Promise<void> => {
    await refusePlan(plan.steps, context, setting.searchPath)
    for (const [index, step] of plan.steps.entries()) {
      onStep(step, index)
      await perform(step, index)
    }
  }
  const failure = await performAll().then(
    () => undefined,
    (error: unknown) => ({ error }),
  )
  const leftBehind = await close()
  if (leftBehind.length > 0)
    throw new Error(`left behind: ${leftBehind.join('; ')}`, { cause: failure?.error })
  if (failure !== undefined) throw failure.error
  return { failedScripts: context.failedScripts }
}

/** What scripts find, as a run has it that knows no more than a plan. */
const planEnvironment = (
  plan: Plan<LocalAction>,
  context: Pick<ApplyContext, 'target' | 'logDirectory' | 'devices'>,
): Record<string, string> => {
  const { target, logDirectory } = context
  const disks = Object.entries(plan.diskVariables).map(([name, text]) => [name, resolveText(text, context)])
  const domain = plan.fqdn?.slice(plan.fqdn.indexOf('.') + 1)
  return {
    // A variable of a class may say otherwise, as in FAI.
    ...(domain === undefined ? {} : { DOMAIN: domain }),
    ...plan.variables,
    ...Object.fromEntries(disks),
    ...targetVariables(target),
    classes: plan.classes.join(' '),
    HOSTNAME: plan.host,
    LOGDIR: logDirectory,
    FAI: plan.configSpace,
    FAI_ACTION: plan.faiAction,
  }
}
