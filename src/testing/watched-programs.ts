import { constants, openSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/** Everything that changes something in a plan for disks without md, LVM and dm-crypt. */
const PROGRAMS = [
  'btrfs',
  'dd',
  'e2fsck',
  'mkfs.btrfs',
  'mkfs.ext4',
  'mkfs.vfat',
  'mkfs.xfs',
  'mkswap',
  'mount',
  'partx',
  'resize2fs',
  'sfdisk',
  'tune2fs',
  'umount',
  'wipefs',
  'xfs_growfs',
]

/** What happens to the program that is waited for: nothing of it is done, it is under way, it is done. */
export const MOMENTS = ['before', 'during', 'after'] as const

/** One of them. */
export type Moment = (typeof MOMENTS)[number]

/** A program that ran, by all its words, and how long it took. */
export type WatchedProgram = { readonly words: string; readonly milliseconds: number }

/** Programs in whose place another runs, which says what it was called with, and stands still where it is told to. */
export type WatchedPrograms = {
  /** For every run that is watched. */
  readonly env: Readonly<Record<string, string>>
  /** Says where the next runs stand still; until `goOn`. */
  readonly stopAt: (moment: Moment, words: string) => Promise<void>
  readonly goOn: () => Promise<void>
  /** Resolves when a program stands still. */
  readonly reached: () => Promise<void>
  /** Those that have ended since the last call. */
  readonly taken: () => Promise<readonly WatchedProgram[]>
  readonly close: () => void
}

/** The directory of a mount has another name each time. */
const WRAPPER = `#!/bin/bash
folder=\${0%/*}
name=\${0##*/}
PATH=\${PATH#"$folder":}
words="$name $*"
words=\${words//mounted-??????/mounted}
case "$words" in *--json*) exec "$name" "$@" ;; esac
stop() { echo >"$folder/reached"; exec sleep infinity; }
{ read -r moment; read -r at; } <"$folder/at"
[ "$words" = "$at" ] || moment=
case "$moment" in
  before) stop ;;
  during) echo >"$folder/reached" ;;
esac
began=$EPOCHREALTIME
"$name" "$@"
code=$?
ended=$EPOCHREALTIME
[ -z "$moment" ] || stop
echo "$(( (\${ended/./} - \${began/./}) / 1000 )) $words" >>"$folder/taken"
exit $code
`

/** Makes them in a directory. */
export const watchPrograms = async (directory: string): Promise<WatchedPrograms> => {
  const folder = join(directory, 'watch')
  await mkdir(folder)
  const wrapper = join(directory, 'wrapper')
  await writeFile(wrapper, WRAPPER)
  await chmod(wrapper, 0o755)
  for (const program of PROGRAMS) await symlink(wrapper, join(folder, program))
  const [pipe, taken, at] = ['reached', 'taken', 'at'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(at, '')
  await runProgram('mkfifo', [pipe])
  // Open for writing too, so that it does not end with the first who writes.
  const fd = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK)
  const socket = new Socket({ fd, readable: true, writable: false })
  return {
    env: { PATH: `${folder}:${process.env['PATH']}` },
    stopAt: (moment, words) => writeFile(at, `${moment}\n${words}\n`),
    goOn: () => writeFile(at, ''),
    reached: () => new Promise(resolve => socket.once('data', () => resolve())),
    taken: async () => {
      const text = await readFile(taken, 'utf8').catch(() => '')
      await rm(taken, { force: true })
      return text.split('\n').flatMap(line => {
        const [, milliseconds, words] = /^(\d+) (.*)$/.exec(line) ?? []
        return words === undefined ? [] : [{ words, milliseconds: Number(milliseconds) }]
      })
    },
    close: () => socket.destroy(),
  }
}
