import { join, resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import type { Outcome } from '../diagnostic/diagnostic.ts'
import { readClassFiles } from '../inspect/class-files.ts'
import { readText, requireConfigSpace } from '../inspect/folder.ts'
import { readPackageArchive } from '../inspect/package-archive.ts'
import { parseClassWords } from '../model/class-name.ts'
import { parsePackageCatalog } from '../model/package-catalog.ts'
import { formatWords } from '../plan/format-plan.ts'
import {
  isNameCheckOff,
  type PackagePlan,
  planPackageFiles,
  targetRoot,
} from '../plan/system/package-plan.ts'
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
    const { value: plan, diagnostics } = await makePlan(args, deps)
    complainAll(deps, diagnostics)
    const shown = { commands: plan?.commands, dropped: plan?.dropped ?? [], diagnostics }
    if (args.format === 'json') deps.print(JSON.stringify(shown, undefined, 2))
    else for (const command of plan?.commands ?? []) deps.print(formatWords(command))
    deps.setExitCode(plan === undefined ? EXIT.findings : EXIT.done)
  },
})

const makePlan = async (args: PackagesArgs, deps: CommandDeps): Promise<Outcome<PackagePlan>> => {
  const { environment, cwd } = deps
  await requireConfigSpace(resolve(cwd, args['config-space']))
  const text = args.classes ?? environment['classes']
  if (text === undefined) throw new UsageError('--classes is missing, and the variable "classes" is not set')
  const classes = parseClassWords(text)
  const folder = join(args['config-space'], 'package_config')
  const files = (await readClassFiles(resolve(cwd, folder), classes)).map(file => ({
    ...file,
    path: join(folder, file.class),
  }))
  const path = isNameCheckOff(environment) ? undefined : args.catalog
  return planPackageFiles(
    { files, classes },
    {
      variables: environment,
      catalog: path === undefined ? undefined : parsePackageCatalog(await readText(resolve(cwd, path))),
      root: targetRoot(environment),
      archived: await readPackageArchive(environment, cwd),
    },
  )
}
