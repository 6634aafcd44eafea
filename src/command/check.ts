import type { CommandModule } from 'yargs'
import { hasErrors } from '../diagnostic/diagnostic.ts'
import { type Finding, formatFinding } from '../resolve/findings.ts'
import { checkSite, type SiteCheck } from './check-site.ts'
import { type CommandDeps, EXIT } from './deps.ts'
import { openSite, type SiteArgs, withSiteOptions } from './site-args.ts'
import type { SiteAnswer } from './whole-site.ts'

type CheckArgs = SiteArgs & { strict: boolean; format: 'text' | 'json' }

/** `check`: reads everything and reports every finding, each once. Changes nothing. */
export const checkCommand = (deps: CommandDeps): CommandModule<object, CheckArgs> => ({
  command: 'check',
  describe: 'read everything and report every finding',
  builder: yargs =>
    withSiteOptions(yargs)
      .option('strict', { type: 'boolean', default: false, describe: 'warnings are errors' })
      .option('format', { choices: ['text', 'json'] as const, default: 'text' as const }),
  handler: async args => {
    const answer = await openSite(args, deps)
    const { site, diagnostics } = answer
    const check: SiteCheck =
      site === undefined
        ? { hosts: 0, classes: 0, findings: diagnostics }
        : await checkSite(site, diagnostics, deps.signal)
    const findings = args.strict ? check.findings.map(toError) : check.findings
    for (const finding of findings) deps.complain(formatFinding(finding))
    const shown = { ...check, findings }
    if (args.format === 'json') deps.print(JSON.stringify(checkObject(shown, answer), undefined, 2))
    else if (site !== undefined) deps.print(summary(shown))
    deps.setExitCode(site === undefined ? answer.exitCode : hasErrors(findings) ? EXIT.findings : EXIT.done)
  },
})

const toError = (finding: Finding): Finding => ({ ...finding, severity: 'error' })

const countOf = (findings: readonly Finding[], wanted: Finding['severity']): number =>
  findings.filter(({ severity }) => severity === wanted).length

/** The last line of `check` where all could be read; always in the plural, so that a script can read it. */
const summary = ({ hosts, classes, findings }: SiteCheck): string =>
  `${hosts} hosts, ${classes} classes, ${countOf(findings, 'error')} errors, ${countOf(findings, 'warning')} warnings`

/** The object of `check --format json`; its shape is in `schema/check.schema.json`. */
const checkObject = (
  { hosts, classes, findings }: SiteCheck,
  { states, site }: Pick<SiteAnswer, 'states' | 'site'>,
): object => ({
  ...(site === undefined ? {} : { hosts, classes }),
  errors: countOf(findings, 'error'),
  warnings: countOf(findings, 'warning'),
  sources: states,
  diagnostics: findings,
})
