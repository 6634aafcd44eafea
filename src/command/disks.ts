import type { CommandModule } from 'yargs'
import type { Outcome } from '../diagnostic/diagnostic.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import { planDisks } from '../plan/disk/plan-disks.ts'
import { formatStoragePlanJson } from '../plan/disk/steps/format-storage-plan.ts'
import type { StoragePlan } from '../plan/disk/storage-plan.ts'
import { type CommandDeps, complainAll, EXIT } from './deps.ts'
import { applyDisks } from './disks-apply.ts'
import {
  type DisksArgs,
  type DisksInput,
  disklistOf,
  readDisksInput,
  readMachine,
  readThisMachine,
  setVariables,
} from './disks-input.ts'

/** `disks inspect|plan|apply`: the disks of a machine by FAI's `disk_config` (contract, section 6). Only `apply --yes` changes anything. */
export const disksCommand = (deps: CommandDeps): CommandModule<object, DisksArgs> => ({
  command: 'disks <action>',
  describe: 'describe the disks of a machine, plan their layout, or carry it out',
  builder: yargs =>
    yargs
      .positional('action', {
        choices: ['inspect', 'plan', 'apply'] as const,
        demandOption: true,
        describe: 'what to do',
      })
      .option('file', {
        alias: 'f',
        type: 'string',
        describe: 'disk_config file; else that of the highest class',
      })
      .option('disklist', { type: 'string', describe: 'the disks, "sda sdb", in the order of their numbers' })
      .option('initial', { type: 'boolean', default: false, describe: 'a first installation' })
      .option('machine', { type: 'string', describe: 'plan for the machine that this file describes' })
      .option('log-dir', { type: 'string', describe: 'where fstab, variables, keys and the journal go' })
      .option('format', { choices: ['text', 'json', 'svg'] as const, default: 'text' as const })
      .option('yes', { type: 'boolean', default: false, describe: 'do what the plan says' }),
  handler: async args => {
    if (args.action === 'inspect')
      return deps.print(JSON.stringify(await readThisMachine(disklistOf(args, deps), deps), undefined, 2))
    const input = await readDisksInput(args, deps)
    if (args.action === 'apply' && args.yes)
      return deps.setExitCode(await applyDisks(input, args, () => makePlan(input, args, deps), deps))
    const { value: plan, diagnostics } = await makePlan(input, args, deps)
    complainAll(deps, diagnostics)
    if (plan !== undefined) deps.print((await render(plan, args.format)).trimEnd())
    if (plan !== undefined && args.action === 'apply')
      deps.complain('nothing was done; --yes carries the plan out')
    deps.setExitCode(plan === undefined ? EXIT.findings : EXIT.done)
  },
})

/** The whole plan, or what stands against it. */
const makePlan = async (
  { path, text, disklist, isInitial, ignoredGroups, logDirectory }: DisksInput,
  args: DisksArgs,
  deps: CommandDeps,
): Promise<Outcome<StoragePlan>> => {
  const { value: config, diagnostics: parsed } = parseDiskConfig(text, path)
  if (config === undefined) return { value: undefined, diagnostics: parsed }
  const { value: machine, diagnostics: read } = await readMachine(args.machine, disklist, deps)
  if (machine === undefined) return { value: undefined, diagnostics: [...parsed, ...read] }
  const variables = setVariables(deps.environment)
  const rest = { disklist, isInitial, ignoredGroups, logDirectory, newUuid: deps.newUuid }
  const planned = planDisks({ config, machine, variables, ...rest })
  const diagnostics = [...parsed, ...planned.diagnostics]
  return { value: planned.value && { ...planned.value, diagnostics }, diagnostics }
}

const render = async (plan: StoragePlan, format: DisksArgs['format']): Promise<string> => {
  switch (format) {
    case 'json':
      return formatStoragePlanJson(plan)
    case 'svg':
      return (await import('../report/disk-svg.ts')).renderDisksSvg(plan.machine, plan.layout)
    case 'text':
      return (await import('../report/storage-text.ts')).renderStoragePlan(plan)
  }
}
