import { join } from 'node:path'
import type { Applying } from '../apply/apply-plan.ts'
import { readInstalled } from '../apply/installed-packages.ts'
import { writeLogFile } from '../apply/log-file.ts'
import { compareInstalled } from '../model/dpkg-status.ts'
import type { Wanted } from '../plan/update/run-difference.ts'
import { readRunRecord, writeRunRecord } from './run-record-file.ts'
import { type ScriptWatch, watchScripts } from './script-watch.ts'
import { type UpdateReport, updateReport } from './update-report.ts'

/** What connects a run with the one before it and the one after it. */
export type RunHistory = {
  readonly watch: ScriptWatch
  /**
   * The end of a run, while the target is still there: a run that went well leaves its record, an update its report
   * (`softupdate.json` in the log directory). `code` is the worst error so far.
   */
  end(wanted: Wanted, code: number): Promise<void>
  /** That of an update that came to its end. */
  report(): UpdateReport | undefined
}

/** How a run is known. */
export type RunName = { readonly host: string; readonly action: string; readonly now: () => number }

/** The file of a report in the log directory. */
const REPORT_FILE = 'softupdate.json'

/** Reads what the last run left; only an update compares itself with it, for it alone works on the same system. */
export const openHistory = async (
  { host, action, now }: RunName,
  { context }: Pick<Applying, 'context'>,
): Promise<RunHistory> => {
  const { target, logDirectory, run, signal } = context
  const isUpdate = action === 'softupdate'
  const previous = isUpdate ? await readRunRecord(target) : undefined
  const before = isUpdate ? await readInstalled(target) : new Map<string, string>()
  const watch = watchScripts({ target, logDirectory }, previous?.touched ?? {}, run, signal)
  let report: UpdateReport | undefined
  return {
    watch,
    report: () => report,
    async end(wanted, code) {
      if (isUpdate) {
        report = updateReport({
          ...{ host, check: false, previous, wanted, code },
          packages: compareInstalled(before, await readInstalled(target)),
          packageReports: context.packageReports,
          scripts: watch.changes,
        })
        writeLogFile(join(logDirectory, REPORT_FILE), `${JSON.stringify(report, undefined, 2)}\n`)
      }
      if (code > 0) return
      const touched = Object.fromEntries([...watch.touched].sort(([a], [b]) => (a < b ? -1 : 1)))
      const finishedAt = new Date(now()).toISOString()
      await writeRunRecord(target, { version: 1, host, action, finishedAt, ...wanted, touched })
    },
  }
}
