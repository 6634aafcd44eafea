import type { CommandModule } from 'yargs'
import { hasErrors, warningAt } from '../diagnostic/diagnostic.ts'
import { type SiteHost, withoutUnknownWarnings } from '../live/resolve-one.ts'
import { definitionsOf } from '../model/catalog.ts'
import type { ClassName } from '../model/class-name.ts'
import { type Condition, classesOfCondition, isConditionTrue, parseCondition } from '../model/condition.ts'
import { nearestHint } from '../model/nearest.ts'
import { collectFindings, type Finding, formatFinding } from '../resolve/findings.ts'
import { nameOf } from '../source/order.ts'
import { type CommandDeps, EXIT, UsageError } from './deps.ts'
import { openSite, type SiteArgs, withSiteOptions } from './site-args.ts'
import { parseClasses } from './target-args.ts'
import { resolveHosts, type SiteAnswer, type WholeSite } from './whole-site.ts'

type HostsArgs = SiteArgs & { class: string[]; where: string | undefined; format: 'lines' | 'json' }

/** `hosts`: prints the hosts whose list holds classes. A host without a list is an error, never left out in silence. */
export const hostsCommand = (deps: CommandDeps): CommandModule<object, HostsArgs> => ({
  command: 'hosts',
  describe: 'print the hosts whose list holds classes',
  builder: yargs =>
    withSiteOptions(yargs)
      .option('class', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
        describe: 'a class that the list holds; all of several',
      })
      .option('where', { type: 'string', describe: 'an expression such as "WEB && !TEST"' })
      .option('format', { choices: ['lines', 'json'] as const, default: 'lines' as const }),
  handler: async args => {
    const wanted = { classes: parseClasses('--class', args.class), where: parseWhere(args.where) }
    const answer = await openSite(args, deps)
    const found = answer.site && (await selectHosts(answer.site, wanted, deps.signal))
    const diagnostics = [...answer.diagnostics, ...(found?.findings ?? [])]
    for (const finding of diagnostics) deps.complain(formatFinding(finding))
    if (args.format === 'json')
      deps.print(JSON.stringify(hostsObject(answer, found, diagnostics), undefined, 2))
    else for (const { host } of found?.hosts ?? []) deps.print(nameOf(host))
    deps.setExitCode(
      found === undefined ? answer.exitCode : hasErrors(diagnostics) ? EXIT.findings : EXIT.done,
    )
  },
})

type Wanted = { readonly classes: readonly ClassName[]; readonly where: Condition | undefined }

const parseWhere = (text: string | undefined): Condition | undefined => {
  if (text === undefined) return undefined
  const parsed = parseCondition(text)
  if (parsed.ok) return parsed.condition
  const why =
    parsed.reason === 'too-deep'
      ? 'is nested too deep'
      : 'is not an expression of classes, "&&", "||", "!" and parentheses'
  throw new UsageError(`--where "${text}" ${why} (at character ${parsed.offset + 1})`)
}

type FoundHost = { readonly host: SiteHost['host']; readonly classes: readonly ClassName[] }

type Found = {
  readonly hosts: readonly FoundHost[]
  /** Hosts that have no list, because of an error. */
  readonly unresolved: readonly string[]
  readonly findings: readonly Finding[]
}

const selectHosts = async (site: WholeSite, wanted: Wanted, signal: AbortSignal): Promise<Found> => {
  const hosts: FoundHost[] = []
  const unresolved: string[] = []
  const findings = collectFindings()
  const seen = new Set<string>()
  for await (const { host, resolved } of resolveHosts(withoutUnknownWarnings(site), signal)) {
    if (resolved.value === undefined) {
      unresolved.push(nameOf(host))
      findings.add(
        resolved.diagnostics.filter(({ severity }) => severity === 'error'),
        nameOf(host),
      )
      continue
    }
    const { classes } = resolved.value
    for (const name of classes) seen.add(name)
    if (holds(wanted, new Set(classes))) hosts.push({ host, classes })
  }
  return { hosts, unresolved, findings: [...unknownWanted(wanted, seen, site), ...findings.list()] }
}

const holds = ({ classes, where }: Wanted, list: ReadonlySet<ClassName>): boolean =>
  classes.every(name => list.has(name)) &&
  (where === undefined || isConditionTrue(where, name => list.has(name)))

/** A class that was asked for, is in no list and is defined nowhere may be a slip of the hand. */
const unknownWanted = (
  { classes, where }: Wanted,
  seen: ReadonlySet<string>,
  { knowledge }: WholeSite,
): readonly Finding[] => {
  const defined = [...knowledge.catalog.values()].flat().map(({ name }) => name)
  const check = (option: string, names: readonly ClassName[]): Finding[] =>
    [...new Set(names)].flatMap(name => {
      if (seen.has(name) || definitionsOf(knowledge.catalog, name).length > 0) return []
      const hint = nearestHint(name, [...seen, ...defined])
      const message = `class "${name}" is in no list and defined nowhere${hint}`
      return [warningAt('unknown-class', message, { kind: 'option', option })]
    })
  return [
    ...check('--class', classes),
    ...check('--where', where === undefined ? [] : classesOfCondition(where)),
  ]
}

/** The object of `hosts --format json`; its shape is in `schema/hosts.schema.json`. */
const hostsObject = (
  { states }: Pick<SiteAnswer, 'states'>,
  found: Found | undefined,
  diagnostics: readonly Finding[],
): object => ({
  ...(found === undefined
    ? {}
    : {
        hosts: found.hosts.map(({ host, classes }) => ({ host: host.short, fqdn: nameOf(host), classes })),
        unresolved: found.unresolved,
      }),
  sources: states,
  diagnostics,
})
