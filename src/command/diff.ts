import type { CommandModule } from 'yargs'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { type Finding, formatFinding } from '../resolve/findings.ts'
import { formatHostChange, type HostChange } from '../resolve/host-change.ts'
import { type CommandDeps, EXIT, type ExitCode } from './deps.ts'
import { diffLists, listSite } from './diff-sites.ts'
import { openSite, type SiteArgs, withSiteOptions } from './site-args.ts'
import type { SiteAnswer } from './whole-site.ts'

type DiffArgs = SiteArgs & { against: string; format: 'text' | 'json' }

/** `diff --against CONFIG`: prints which hosts' lists would change, and how, were the other sources in force. */
export const diffCommand = (deps: CommandDeps): CommandModule<object, DiffArgs> => ({
  command: 'diff',
  describe: 'print which class lists would change with other sources',
  builder: yargs =>
    withSiteOptions(yargs)
      .option('against', {
        type: 'string',
        demandOption: true,
        describe: 'the configuration that would be in force instead',
      })
      .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
  handler: async args => {
    const before = await openSite(args, deps)
    const after = await openSite({ ...args, config: args.against }, deps)
    const outcome = await compareSites(before, after, deps.signal)
    for (const finding of outcome.before) deps.complain(formatFinding(finding))
    if (outcome.after.length > 0) deps.complain(`with ${args.against}:`)
    for (const finding of outcome.after) deps.complain(formatFinding(finding))
    if (args.format === 'json') deps.print(JSON.stringify(diffObject(before, after, outcome), undefined, 2))
    else for (const change of outcome.changes ?? []) deps.print(formatHostChange(change))
    deps.setExitCode(outcome.exitCode)
  },
})

/** What a comparison of two sites found. */
export type DiffOutcome = {
  /** Undefined where one of the sites could not be read as a whole. */
  readonly changes: readonly HostChange[] | undefined
  readonly before: readonly Finding[]
  readonly after: readonly Finding[]
  readonly exitCode: ExitCode
}

/** Resolves every host of both sites, and says whose list differs. */
export const compareSites = async (
  before: SiteAnswer,
  after: SiteAnswer,
  signal: AbortSignal,
): Promise<DiffOutcome> => {
  if (before.site === undefined || after.site === undefined) {
    const unread = [before, after].filter(({ site }) => site === undefined)
    const isWorld = unread.some(({ exitCode }) => exitCode === EXIT.environment)
    return {
      changes: undefined,
      before: before.diagnostics,
      after: after.diagnostics,
      exitCode: isWorld ? EXIT.environment : EXIT.findings,
    }
  }
  const [had, has] = [await listSite(before.site, signal), await listSite(after.site, signal)]
  const changes = diffLists(had.lists, has.lists)
  const findings = {
    before: [...before.diagnostics, ...had.findings],
    after: [...after.diagnostics, ...has.findings],
  }
  const isSame = changes.length === 0 && !hasErrors([...findings.before, ...findings.after])
  return { changes, ...findings, exitCode: isSame ? EXIT.done : EXIT.findings }
}

/** The object of `diff --format json`; its shape is in `schema/diff.schema.json`. */
export const diffObject = (
  before: Pick<SiteAnswer, 'states'>,
  after: Pick<SiteAnswer, 'states'>,
  outcome: DiffOutcome,
): object => ({
  ...(outcome.changes === undefined ? {} : { hosts: outcome.changes }),
  sources: before.states,
  diagnostics: outcome.before,
  against: { sources: after.states, diagnostics: outcome.after },
})
