import { formatPlan } from '../plan/format-plan.ts'
import { secretMasker } from '../plan/mask-secrets.ts'
import type { Plan } from '../plan/step.ts'
import { explain } from './lookup-output.ts'
import type { PreparedPlan } from './prepare-plan.ts'

/** A plan for people: why the host has its classes, then what is done for them. Secrets are masked. */
export const describePlan = async ({ plan, answer }: PreparedPlan): Promise<string> => {
  const reasons = answer.resolved === undefined ? [] : explain(answer, answer.resolved, true)
  return `${secretMasker(plan.variables)(reasons.join('\n'))}\n\n${await describeSteps(plan)}`
}

/** The plan of an own disk shows what `disks plan` shows of it. */
const describeSteps = async (plan: Plan): Promise<string> => {
  const storage = plan.steps.flatMap(({ action }) =>
    action.kind === 'change-storage' ? action.storage : [],
  )[0]
  if (storage === undefined) return formatPlan(plan)
  const { renderStoragePlan } = await import('../report/storage-text.ts')
  return formatPlan(plan, ['', ...renderStoragePlan(storage).trimEnd().split('\n')])
}
