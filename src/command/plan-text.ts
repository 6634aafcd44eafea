import { formatPlan } from '../plan/format-plan.ts'
import type { Plan } from '../plan/step.ts'

/** A plan for people: that of an own disk shows what `disks plan` shows of it. */
export const describePlan = async (plan: Plan): Promise<string> => {
  const storage = plan.steps.flatMap(({ action }) =>
    action.kind === 'change-storage' ? action.storage : [],
  )[0]
  if (storage === undefined) return formatPlan(plan)
  const { renderStoragePlan } = await import('../report/storage-text.ts')
  return formatPlan(plan, ['', ...renderStoragePlan(storage).trimEnd().split('\n')])
}
