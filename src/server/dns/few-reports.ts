import type { Report } from '../transaction.ts'

/**
 * Passes on so many lines a second; how many were left out is said in the next one, so that nobody fills the log by asking. `now`
 * is milliseconds since any moment.
 */
export const fewReports = (report: Report, perSecond: number, now: () => number): Report => {
  let second = Number.NEGATIVE_INFINITY
  let told = 0
  let leftOut = 0
  return transaction => {
    const present = Math.floor(now() / 1000)
    if (present !== second) told = 0
    second = present
    if (told >= perSecond) {
      leftOut += 1
      return
    }
    const suffix = leftOut === 0 ? '' : ` (${leftOut} more lines left out)`
    told += 1
    leftOut = 0
    report({ ...transaction, text: transaction.text + suffix })
  }
}
