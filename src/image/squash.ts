import { type ProgramSetting, runGood } from './image-programs.ts'

/** How a directory is squashed. */
export type SquashOptions = {
  /** Of all files in it, seconds since 1970. */
  readonly mtimeSeconds: number
  /** Of zstd. */
  readonly level: number
}

/** Makes a file system image of a directory, all of it root's; the same files give the same octets. */
export const squash = async (
  directory: string,
  path: string,
  { mtimeSeconds, level }: SquashOptions,
  setting: ProgramSetting,
): Promise<void> => {
  const time = String(mtimeSeconds)
  const packing = ['-comp', 'zstd', '-Xcompression-level', String(level)]
  const same = ['-all-root', '-all-time', time, '-mkfs-time', time, '-no-xattrs', '-no-exports']
  const quiet = ['-noappend', '-no-progress', '-quiet']
  await runGood({ argv: ['mksquashfs', directory, path, ...packing, ...same, ...quiet] }, setting)
}
