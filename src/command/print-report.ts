import { formatUpdateReport, type UpdateReport } from '../install/update-report.ts'
import type { CommandDeps } from './deps.ts'

/** Prints the report of an update. */
export const printReport = (
  report: UpdateReport,
  format: 'text' | 'json',
  { print }: Pick<CommandDeps, 'print'>,
): void => print(format === 'json' ? JSON.stringify(report, undefined, 2) : formatUpdateReport(report))
