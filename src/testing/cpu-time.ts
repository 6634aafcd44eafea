import { readdirSync, readFileSync } from 'node:fs'

/** What proc(5) counts in, on every Linux that Node runs on here. */
const TICK_MS = 10

/** User and system time of a process and of those that it started and that run still, in milliseconds. */
export const cpuMsOfTree = (pid: number): number => {
  const processes = readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? readStat(Number(name)) : []))
  const timeFrom = (root: number): number =>
    processes
      .filter(process => process.pid === root || process.parent === root)
      .reduce((sum, process) => sum + (process.pid === root ? process.ticks : timeFrom(process.pid)), 0)
  return timeFrom(pid) * TICK_MS
}

type Stat = { readonly pid: number; readonly parent: number; readonly ticks: number }

/** Fields 4, 14 and 15 of `stat`; none where it has ended meanwhile. */
const readStat = (pid: number): readonly Stat[] => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return [{ pid, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }]
  } catch {
    return []
  }
}
