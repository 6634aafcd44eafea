import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { namesIn } from './folder.ts'

/** State of the package lists of this machine. */
export type AptReleases = {
  /** When the newest of them was published, seconds since 1970; 0 where there are none. */
  readonly newestSeconds: number
  /** Changes with any of them. */
  readonly digest: string
}

const LISTS = '/var/lib/apt/lists'

/** Reads which state of Debian's archives the package lists of this machine are. Those of others do not count. */
export const readAptReleases = async (directory = LISTS): Promise<AptReleases> => {
  const names = (await namesIn(directory)).filter(name => /_(?:In)?Release$/.test(name))
  const texts = await Promise.all(names.map(name => readFile(join(directory, name), 'utf8')))
  const ofDebian = texts.filter(text => /^Origin: Debian$/m.test(text))
  const digest = createHash('sha256').update(ofDebian.join('\n')).digest('hex')
  return { newestSeconds: Math.max(0, ...ofDebian.map(releaseSeconds)), digest }
}

/** `Date:` of a Release file, seconds since 1970; 0 where there is none. Pure. */
export const releaseSeconds = (text: string): number => {
  const date = /^Date: (.*)$/m.exec(text)?.[1] ?? ''
  const milliseconds = Date.parse(date)
  return Number.isNaN(milliseconds) ? 0 : milliseconds / 1000
}
