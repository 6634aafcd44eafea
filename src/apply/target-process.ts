import { readdir, readlink } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

const GRACE_MS = 1000
const POLL_MS = 50

/** Processes whose root directory is the target or below it: those started there by chroot. */
export const readTargetProcesses = async (target: string): Promise<readonly number[]> => {
  // Everything is below "/": a running system is no target that could be emptied of processes.
  if (target === '/') return []
  const names = (await readdir('/proc')).filter(name => /^[0-9]+$/.test(name))
  const found = await Promise.all(
    names.map(async name => {
      const root = await readlink(`/proc/${name}/root`).catch(() => undefined)
      return root === target || root?.startsWith(`${target}/`) === true ? Number(name) : undefined
    }),
  )
  return found.filter(pid => pid !== undefined && pid !== process.pid) as number[]
}

/** Ends the processes that a step left in the target: asked first, killed after a second. */
export const endTargetProcesses = async (target: string): Promise<void> => {
  for (const name of ['SIGTERM', 'SIGKILL'] as const) {
    const pids = await readTargetProcesses(target)
    if (pids.length === 0) return
    for (const pid of pids) signalProcess(pid, name)
    for (let waited = 0; waited < GRACE_MS; waited += POLL_MS) {
      await delay(POLL_MS)
      if ((await readTargetProcesses(target)).length === 0) return
    }
  }
}

const signalProcess = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended by itself.
  }
}
