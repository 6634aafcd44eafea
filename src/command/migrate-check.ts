import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readConfig } from '../config/read-config.ts'
import { type Diagnostic, errorAt, warningAt } from '../diagnostic/diagnostic.ts'
import { withoutRepeats } from '../diagnostic/without-repeats.ts'
import type { ClassName } from '../model/class-name.ts'
import type { HostList, Migration } from '../plan/migration.ts'
import { baseOf, renderMigrationLdif, renderMigrationZone } from '../report/migration-text.ts'
import type { CommandDeps } from './deps.ts'
import { type LookupAnswer, lookUp } from './look-up.ts'

/** What a migration must give back. */
export type MigrationWanted = {
  readonly lists: readonly HostList[]
  readonly facts: readonly ClassName[]
  readonly domain: string
  /** Directory of the config space. */
  readonly directory: string
  /** A directory for the texts. */
  readonly scratch: string
}

/**
 * Resolves what would be printed, as zone and as LDIF: without `requires` each list must be the scripts' own, with it what
 * the `.deps` files themselves make of it. A difference is the error `migration-differs`; facts that come to stand in front
 * of classes are the warning `migration-order`.
 */
export const checkMigration = async (
  migration: Migration,
  wanted: MigrationWanted,
  deps: CommandDeps,
): Promise<readonly Diagnostic[]> => {
  const found: Diagnostic[] = []
  const bare = { ...migration, definitions: [] }
  const files = { kind: 'deps', path: join(wanted.directory, 'class') }
  for (const kind of ['zonefile', 'ldif'] as const) {
    const ask = (name: string, said: Migration, ...more: object[]): Promise<LookUpHost> =>
      openMigration({ kind, name, said, more }, wanted, deps)
    const [own, byFiles, whole] = [
      await ask('own', bare),
      await ask('files', bare, files),
      await ask('whole', migration),
    ]
    for (const { host, classes } of wanted.lists) {
      const facts = wanted.facts.filter(name => classes.includes(name))
      // An address record of the zone makes it known.
      if (kind === 'zonefile' && facts.length === classes.length) continue
      found.push(...compare(host, ['DEFAULT', ...classes, host, 'LAST'], await own(host, facts), facts))
      const expected = await byFiles(host, facts)
      found.push(...compare(host, expected.resolved?.classes ?? [], await whole(host, facts), []))
    }
  }
  return withoutRepeats(found)
}

type LookUpHost = (host: string, facts: readonly ClassName[]) => Promise<LookupAnswer>

type Asked = {
  readonly kind: 'zonefile' | 'ldif'
  readonly name: string
  readonly said: Migration
  /** Sources beside it. */
  readonly more: readonly object[]
}

/** Writes a migration to a file of its own and a configuration that reads it. */
const openMigration = async (
  { kind, name, said, more }: Asked,
  { domain, scratch }: MigrationWanted,
  deps: CommandDeps,
): Promise<LookUpHost> => {
  const path = join(scratch, `${name}.${kind}`)
  const render = kind === 'zonefile' ? renderMigrationZone : renderMigrationLdif
  await writeFile(path, render(said, domain))
  const source = kind === 'zonefile' ? { kind, zone: domain, path } : { kind, base: baseOf(domain), path }
  const configPath = `${path}.yaml`
  const config = { sources: [source, ...more], resolution: { unknownClass: 'allow' } }
  await writeFile(configPath, JSON.stringify(config))
  const { value, diagnostics } = await readConfig([configPath], scratch)
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '))
  return (host, facts) => {
    const none = { added: [], configSpaceClasses: new Set<string>(), fresh: true }
    return lookUp(value, { host: `${host}.${domain}`, facts, ...none }, deps)
  }
}

const compare = (
  host: string,
  want: readonly string[],
  { resolved, diagnostics }: LookupAnswer,
  facts: readonly ClassName[],
): readonly Diagnostic[] => {
  const origin = { kind: 'option', option: host } as const
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  if (resolved === undefined) return errors
  const got: readonly string[] = resolved.classes
  if (got.join(' ') === want.join(' ')) return errors
  const without = (list: readonly string[]): string =>
    list.filter(name => !facts.some(fact => fact === name)).join(' ')
  const message = `the records give "${got.join(' ')}", the config space "${want.join(' ')}"`
  return without(got) === without(want)
    ? [warningAt('migration-order', `${message}: facts come first`, origin)]
    : [errorAt('migration-differs', message, origin)]
}
