import { join } from 'node:path'

/** `YYYYMMDD_HHMMSS`, as FAI names a run (fai-semantics.md, section 4.1), in UTC. Pure. */
export const runDate = (nowMs: number): string => {
  const [date, time] = new Date(nowMs).toISOString().slice(0, 19).split('T')
  return `${date?.replaceAll('-', '')}_${time?.replaceAll(':', '')}`
}

/**
 * Where a run that changes the disks of this machine logs, as FAI does in its network root: always at the same place, so that
 * the next run finds the journal of one that was killed.
 */
export const DISKS_LOG_DIRECTORY = '/tmp/fai'

/** `/var/log/fai/HOST/ACTION-YYYYMMDD_HHMMSS`, as FAI has it (fai-semantics.md, section 2.1). Pure. */
export const defaultLogDirectory = (host: string, action: string, date: string): string =>
  join('/var/log/fai', host, `${action}-${date}`)
