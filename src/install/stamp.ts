import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RefusedError } from '../apply/apply-error.ts'
import { readProcessBegin } from '../inspect/process.ts'

/** The mark of a run that is going on; taken away at its end. */
export type Stamp = {
  /** What is to be told of a run that left its mark behind. */
  readonly takenOver: string | undefined
  release(): Promise<void>
}

/** Where FAI keeps such marks; fcopy and hooks look there, too. */
const STAMP_DIRECTORY = '/run/fai'

/**
 * FAI's name of the mark of an action (fai-semantics.md, section 2.3); undefined for one that may run beside itself.
 * `target` is where it works: a directory, or the file of an image. Pure.
 */
export const stampName = (action: string, target: string): string | undefined => {
  const place = target.replaceAll('/', '=')
  switch (action) {
    case 'install':
      return target === '/target' ? 'FAI_INSTALLATION_IN_PROGRESS' : `install-${place}`
    case 'dirinstall':
      return `dirinstall-${place}`
    case 'softupdate':
      return target === '/' ? 'fai_softupdate_is_running' : `softupdate-${place}`
    default:
      return undefined
  }
}

/**
 * Sets the mark `name`, with the number of this process in it. Rejects with a `RefusedError` where another run that is
 * alive has it, or FAI itself, which writes no number; a run that is dead has lost it.
 */
export const takeStamp = async (name: string, pid: number, directory = STAMP_DIRECTORY): Promise<Stamp> => {
  const path = join(directory, name)
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  const own = `${path}.${pid}`
  await writeFile(own, `${await identify(pid)}\n`)
  try {
    const before = await linkUnlessHeld(own, path)
    return { takenOver: before, release: () => rm(path, { force: true }) }
  } finally {
    await rm(own, { force: true })
  }
}

/** A link is made whole or not at all, so that of two runs at one moment one gets the mark. */
const linkUnlessHeld = async (own: string, path: string): Promise<string | undefined> => {
  let takenOver: string | undefined
  for (;;) {
    try {
      await link(own, path)
      return takenOver
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    const holder = (await readFile(path, 'utf8').catch(() => undefined))?.trim()
    if (holder === undefined) continue
    if (!/^[0-9]+ [0-9]+$/.test(holder))
      throw new RefusedError(
        `${path} is there: FAI itself is at work, or was ended; if it was, remove the file`,
      )
    const pid = Number(holder.split(' ')[0])
    if ((await identify(pid)) === holder)
      throw new RefusedError(`another run is at work there: process ${pid} has ${path}`)
    takenOver = `a run that was ended, process ${pid}, left ${path} behind; this run takes it over`
    await rm(path, { force: true })
  }
}

/** A process by number and begin, which is 0 where it has ended. */
const identify = async (pid: number): Promise<string> => `${pid} ${(await readProcessBegin(pid)) ?? 0}`
