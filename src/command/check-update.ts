import { makeRunner } from '../apply/runner.ts'
import { readRunRecord } from '../install/run-record-file.ts'
import { simulatePackages } from '../install/simulate-packages.ts'
import { updateReport } from '../install/update-report.ts'
import { readWanted } from '../install/wanted.ts'
import { complainAll, EXIT, type ExitCode } from './deps.ts'
import { foreseePlan } from './foresee-plan.ts'
import type { PlanSetting, UpdateGoal } from './make-plan.ts'
import { printReport } from './print-report.ts'

/**
 * What an update would change: classes, what the config space chooses, and packages as apt foresees them with the lists that it
 * has. Class scripts and `.var` files are executed for that; hooks and scripts are not, so what they would do is not known. Changes
 * nothing, and needs no root where apt and the class scripts need none.
 */
export const checkUpdate = async (setting: PlanSetting, goal: UpdateGoal): Promise<ExitCode> => {
  const { deps } = setting
  const { planned, diagnostics, exitCode, code } = await foreseePlan(setting)
  complainAll(deps, diagnostics)
  if (planned === undefined) return exitCode
  const { plan, space } = planned
  const run = makeRunner(deps.environment)
  const root = goal.target === '/' ? undefined : goal.target
  const question = { root, variables: plan.variables, run, signal: deps.signal }
  const simulated = await simulatePackages(plan.steps, question)
  const report = updateReport({
    host: plan.host,
    check: true,
    previous: await readRunRecord(goal.target),
    wanted: await readWanted(plan.classes, space, plan.steps),
    ...simulated,
    scripts: [],
    code,
  })
  printReport(report, goal.format, deps)
  return code === 0 ? EXIT.done : EXIT.findings
}
