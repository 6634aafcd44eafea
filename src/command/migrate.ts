import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CommandModule } from 'yargs'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { requireConfigSpace } from '../inspect/folder.ts'
import { parseHostQuery } from '../model/host-query.ts'
import { planMigration } from '../plan/migration.ts'
import { renderMigrationLdif, renderMigrationZone } from '../report/migration-text.ts'
import { configSpaceDirectory } from './config-space-directory.ts'
import { type CommandDeps, complainAll, EXIT, UsageError } from './deps.ts'
import { checkMigration } from './migrate-check.ts'
import { readMigratedClasses, runHostScripts } from './migrate-site.ts'
import { parseClasses } from './target-args.ts'

type MigrateArgs = {
  host: string[]
  from: string
  domain: string | undefined
  default: boolean
  fact: string[]
  action: string
  format: 'zone' | 'ldif' | 'both'
}

/** `migrate --from CONFIGSPACE HOST...`: runs a site's class scripts for hosts and prints the records that say the same. */
export const migrateCommand = (deps: CommandDeps): CommandModule<object, MigrateArgs> => ({
  command: 'migrate <host..>',
  describe: 'print the zone and the LDIF that class scripts amount to for these hosts',
  builder: yargs =>
    yargs
      // For the check that no option of one value is repeated.
      .array('host')
      .positional('host', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'short or full names',
      })
      .option('from', {
        type: 'string',
        demandOption: true,
        describe: 'FAI config space: a directory or a URI',
      })
      .option('domain', { type: 'string', describe: 'domain of the hosts, where their names are short' })
      .option('default', {
        type: 'boolean',
        default: false,
        describe: 'ask for what all lists begin with once, for the whole domain',
      })
      .option('fact', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
        describe: 'a class that the machine goes on telling',
      })
      .option('action', { type: 'string', default: 'install', describe: 'what scripts find in FAI_ACTION' })
      .option('format', { choices: ['zone', 'ldif', 'both'] as const, default: 'both' as const }) as never,
  handler: async args => {
    const scratch = await mkdtemp(join(tmpdir(), 'fai-classes-migrate-'))
    try {
      const text = await migrationText(args, scratch, deps)
      if (text === undefined) deps.setExitCode(EXIT.findings)
      else deps.print(text)
    } finally {
      await rm(scratch, { recursive: true, force: true })
    }
  },
})

/** What is printed; undefined where something is wrong, which was told. */
const migrationText = async (
  args: MigrateArgs,
  scratch: string,
  deps: CommandDeps,
): Promise<string | undefined> => {
  const { domain, hosts } = namesOf(args)
  const facts = parseClasses('--fact', args.fact)
  const { value: directory, diagnostics } = await configSpaceDirectory(args.from, deps)
  if (directory === undefined) throw new UsageError(diagnostics.map(({ message }) => message).join('; '))
  await requireConfigSpace(directory)
  const lists = await runHostScripts(hosts, { directory, domain, action: args.action, scratch }, deps)
  if (lists === undefined) return undefined
  const read = await readMigratedClasses(directory, deps.signal)
  const definitions = read.value ?? []
  const migration = planMigration({ hosts: lists, facts, shareDefault: args.default, definitions })
  const wanted = { lists, facts, domain, directory, scratch }
  const found = [...read.diagnostics, ...(await checkMigration(migration, wanted, deps))]
  complainAll(deps, found)
  if (hasErrors(found)) return undefined
  const texts = [
    ...(args.format === 'ldif' ? [] : [renderMigrationZone(migration, domain)]),
    ...(args.format === 'zone' ? [] : [renderMigrationLdif(migration, domain)]),
  ]
  return texts.join('\n').trimEnd()
}

/** The hosts below their one domain; anything else is a usage error. */
const namesOf = ({ host, domain }: MigrateArgs): { domain: string; hosts: readonly string[] } => {
  const names = host.map(name => {
    const [short = '', ...rest] = name.replace(/\.$/, '').toLowerCase().split('.')
    return { short, domain: (rest.length === 0 ? domain : rest.join('.'))?.toLowerCase() }
  })
  const domains = [...new Set(names.map(each => each.domain))]
  const [only] = domains
  if (only === undefined) throw new UsageError('a short name needs --domain')
  if (domains.length > 1) throw new UsageError(`the hosts stand in several domains: ${domains.join(', ')}`)
  const wrong = names.find(({ short }) => parseHostQuery(`${short}.${only}`)?.kind !== 'fqdn')
  if (wrong !== undefined) throw new UsageError(`"${wrong.short}.${only}" is no host name`)
  return { domain: only, hosts: [...new Set(names.map(({ short }) => short))] }
}
