import { join, resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { readClassFiles } from '../inspect/class-files.ts'
import { readText, requireDirectory } from '../inspect/folder.ts'
import { parseClassWords } from '../model/class-name.ts'
import { parsePackageCatalog } from '../model/package-catalog.ts'
import { formatWords } from '../plan/format-plan.ts'
import { isNameCheckOff, type PackagePlan, planPackageFiles } from '../plan/system/package-plan.ts'
import { type CommandDeps, complainAll, EXIT, UsageError } from './deps.ts'

type PackagesArgs = {
  action: 'plan'
  'config-space': string
  classes: string | undefined
  catalog: string | undefined
  format: 'text' | 'json'
}

/** `packages plan`: the calls of package tools that a class list amounts to (contract, section 7). Changes nothing. */
export const packagesCommand = (deps: CommandDeps): CommandModule<object, PackagesArgs> => ({
  command: 'packages <action>',
  describe: 'print what a class list installs and removes',
  builder: yargs =>
    yargs
      .positional('action', { choices: ['plan'] as const, demandOption: true, describe: 'what to do' })
      .option('config-space', {
        type: 'string',
        demandOption: true,
        describe: 'directory of the config space',
      })
      .option('classes', { type: 'string', describe: 'the class list; else the variable "classes"' })
      .option('catalog', {
        type: 'string',
        describe: 'what apt-cache dumpavail prints; else no name is checked',
      })
      .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
  handler: async args => {
    const plan = await makePlan(args, deps)
    complainAll(deps, plan.diagnostics)
    const { commands, dropped, diagnostics } = plan
    if (args.format === 'json') deps.print(JSON.stringify({ commands, dropped, diagnostics }, undefined, 2))
    else for (const command of commands ?? []) deps.print(formatWords(command))
    deps.setExitCode(hasErrors(diagnostics) ? EXIT.findings : EXIT.done)
  },
})

const makePlan = async (
  args: PackagesArgs,
  deps: CommandDeps,
): Promise<Partial<PackagePlan> & Pick<PackagePlan, 'diagnostics'>> => {
  const { environment, cwd } = deps
  const directory = resolve(cwd, args['config-space'])
  await requireDirectory(directory)
  const text = args.classes ?? environment['classes']
  if (text === undefined) throw new UsageError('--classes is missing, and the variable "classes" is not set')
  const classes = parseClassWords(text)
  const files = await readClassFiles(join(directory, 'package_config'), classes)
  const root = environment['FAI_ROOT'] ?? ''
  const catalog =
    args.catalog === undefined || isNameCheckOff(environment)
      ? undefined
      : parsePackageCatalog(await readText(resolve(cwd, args.catalog)))
  return planPackageFiles(
    { files, classes },
    { variables: environment, catalog, root: root === '' || root === '/' ? undefined : root },
  )
}
