import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { linkLogs } from '../apply/log-links.ts'
import { giveToAdministrators } from '../apply/save-logs.ts'

/** Where a run keeps its logs, and what it is called after. */
export type RunLogs = {
  readonly directory: string
  /** `YYYYMMDD_HHMMSS`. */
  readonly date: string
}

/** Where FAI keeps the logs of all hosts (fai-semantics.md, section 2.1). */
const LOG_BASE = '/var/log/fai'

/**
 * Where a run that changes the disks of this machine logs, as FAI does in its network root: always at the same place, so that
 * the next run finds the journal of one that was killed.
 */
export const DISKS_LOG_DIRECTORY = '/tmp/fai'

/** `YYYYMMDD_HHMMSS` in local time, as FAI names a run (fai-semantics.md, section 4.1). */
export const runDate = (nowMs: number): string => {
  const now = new Date(nowMs)
  const two = (part: number): string => String(part).padStart(2, '0')
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(two).join('')
  return `${date}_${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join('')}`
}

/**
 * Makes `BASE/HOST/ACTION-YYYYMMDD_HHMMSS` for root and group `adm`, and FAI's links to it. Where a run of the same second
 * has it already, which FAI refuses, the next free second is taken.
 */
export const claimLogDirectory = async (
  host: string,
  action: string,
  nowMs: number,
  base = LOG_BASE,
): Promise<RunLogs> => {
  const ofHost = join(base, host)
  await mkdir(ofHost, { recursive: true, mode: 0o755 })
  for (let atMs = nowMs; ; atMs += 1000) {
    const date = runDate(atMs)
    const directory = join(ofHost, `${action}-${date}`)
    if (!(await makeUnlessThere(directory))) continue
    await giveToAdministrators(directory, '/')
    await linkLogs(directory)
    return { directory, date }
  }
}

const makeUnlessThere = async (directory: string): Promise<boolean> => {
  try {
    await mkdir(directory, { mode: 0o750 })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}
