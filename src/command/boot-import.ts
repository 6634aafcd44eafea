import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parsePxelinuxConfig, parsePxelinuxName } from '../language/pxelinux-config.ts'
import type { Wish } from '../server/boot/state.ts'

/** What a file of `fai-chboot` asks for. */
export type ImportedFile =
  | {
      readonly kind: 'machine'
      readonly file: string
      /** As HOST is given on the command line. */
      readonly host: string
      readonly rank: number
      readonly wish: Wish
      /** What of the file is not taken over. */
      readonly leftOut: readonly string[]
    }
  | { readonly kind: 'left-aside'; readonly file: string; readonly why: string }

/** Reads a directory `pxelinux.cfg`, its files by name. Rejects where it, or one of them, cannot be read. */
export const readPxelinuxDirectory = async (directory: string): Promise<readonly ImportedFile[]> => {
  const entries = await readdir(directory, { withFileTypes: true })
  const files = entries.filter(entry => !entry.isDirectory()).map(({ name }) => name)
  return Promise.all(
    files.sort().map(async file => importFile(file, await readFile(join(directory, file), 'utf8'))),
  )
}

/**
 * What a file amounts to. Pure.
 *
 *     the machine boots               wish
 *     its disk                        local
 *     with FAI_ACTION=install         install
 *     with FAI_ACTION=sysinfo         rescue
 *     with another action, or none    left aside: nothing here is that
 */
const importFile = (file: string, text: string): ImportedFile => {
  const aside = (why: string): ImportedFile => ({ kind: 'left-aside', file, why })
  const name = parsePxelinuxName(file)
  const boot = parsePxelinuxConfig(text)
  const action = boot.kind === 'kernel' ? boot.settings.get('FAI_ACTION') : undefined
  switch (name.kind) {
    case 'inactive':
      return aside('PXELINUX passes over it')
    case 'default':
      return aside(
        action === 'install'
          ? 'it installs every machine that has no file of its own; here such a machine boots its disk'
          : 'a machine that has no file of its own boots its disk',
      )
    case 'subnet':
      return aside('it is for a subnet; hosts are armed one by one')
    case 'other':
      return aside('it is for no machine')
    case 'machine': {
      const { host, rank } = name
      if (boot.kind === 'unknown') return aside('nothing in it is booted')
      if (boot.kind === 'disk') return { kind: 'machine', file, host, rank, wish: 'local', leftOut: [] }
      if (action !== 'install' && action !== 'sysinfo')
        return aside(
          action === undefined
            ? 'it has no FAI_ACTION'
            : `FAI_ACTION=${action} is neither install nor sysinfo`,
        )
      const wish = action === 'install' ? 'install' : 'rescue'
      const leftOut = [...boot.settings].flatMap(([key, value]) =>
        SITE_WIDE.includes(key) ? [`${key}=${value}`] : [],
      )
      return { kind: 'machine', file, host, rank, wish, leftOut }
    }
  }
}

/** What `serve.boot` says here, for all hosts or by class. */
const SITE_WIDE: readonly string[] = ['FAI_FLAGS', 'FAI_CONFIG_SRC', 'ADDCLASSES']
