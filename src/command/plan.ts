import type { CommandModule } from 'yargs'
import { formatPlanJson } from '../plan/format-plan.ts'
import type { CommandDeps } from './deps.ts'
import { foreseePlan } from './foresee-plan.ts'
import { type GoalArgs, parseGoal, withGoalOptions } from './goal-args.ts'
import { makePlan } from './make-plan.ts'
import { describePlan } from './plan-text.ts'
import { preparePlan } from './prepare-plan.ts'
import { type RawTargetArgs, withTargetOptions } from './target-args.ts'

type PlanArgs = RawTargetArgs &
  GoalArgs & {
    host: string
    machine: string | undefined
    'run-class-scripts': boolean
    format: 'text' | 'json'
  }

/** `plan HOST`: prints everything an installation would do. Changes nothing; only reading the disks of this machine needs root. */
export const planCommand = (deps: CommandDeps): CommandModule<object, PlanArgs> => ({
  command: 'plan <host>',
  describe: 'print what installing a host would do, and change nothing',
  builder: yargs =>
    withGoalOptions(withTargetOptions(yargs))
      .positional('host', {
        type: 'string',
        demandOption: true,
        describe: 'short or full name, MAC, IP or UUID',
      })
      .option('machine', {
        type: 'string',
        describe: 'plan for the disks of the machine that this file describes',
      })
      .option('run-class-scripts', {
        type: 'boolean',
        default: false,
        describe: 'execute class scripts and .var files of the config space, for this machine',
      })
      .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
  handler: async args => {
    const make = args['run-class-scripts'] ? foreseePlan : makePlan
    const prepared = await preparePlan(args.host, parseGoal(args, args.machine), args, deps, make)
    if (prepared === undefined) return
    const text = args.format === 'json' ? formatPlanJson(prepared.plan) : await describePlan(prepared)
    deps.print(text.trimEnd())
  },
})
