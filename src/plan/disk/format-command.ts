import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Volume } from '../../language/disk-config.ts'
import type { FilesystemIdentity, Word } from '../step.ts'
import { optionValue, splitOptions } from './options.ts'

/** How one partition is formatted, and what it is afterwards. */
export type FormatCommands = {
  readonly commands: readonly (readonly Word[])[]
  readonly want: FilesystemIdentity
}

/** What formatting needs to know beyond the line itself. */
export type FormatInput = {
  readonly device: Word
  /** A new UUID, used where the options of the line give none. */
  readonly uuid: string
  readonly variables: Readonly<Record<string, string>>
}

/**
 * The programs that make the file system of a line, with a UUID given, so that `fstab` is known before anything is
 * done. Undefined where the line asks for no file system. Pure.
 *
 *     file system     UUID     label
 *     ext2 ext3 ext4  -U       -L
 *     swap            -U       -L
 *     xfs             -m uuid= -L
 *     vfat msdos      -i       -n   (32 bits, `XXXX-XXXX` to blkid and fstab)
 */
export const formatCommands = (volume: Volume, input: FormatInput): Outcome<FormatCommands | undefined> => {
  if (volume.filesystem === '-') return { value: undefined, diagnostics: [] }
  const create = splitOptions(volume.createOptions, input.variables, volume.origin)
  const tune = splitOptions(volume.tuneOptions, input.variables, volume.origin)
  const diagnostics = [...create.diagnostics, ...tune.diagnostics]
  const made = create.value && makeCommand(volume, create.value, input, diagnostics)
  if (made === undefined || tune.value === undefined || hasErrors(diagnostics)) {
    return { value: undefined, diagnostics }
  }
  const tuned = tune.value.length === 0 ? [] : [['tune2fs', ...tune.value, input.device]]
  return { value: { commands: [made.command, ...tuned], want: made.want }, diagnostics }
}

type Made = { readonly command: readonly Word[]; readonly want: FilesystemIdentity }

const makeCommand = (
  volume: Volume,
  options: readonly string[],
  input: FormatInput,
  diagnostics: Diagnostic[],
): Made | undefined => {
  switch (volume.filesystem) {
    case '-':
      return undefined
    case 'swap':
      return withUuid('mkswap', volume, options, input, diagnostics)
    case 'ext2':
    case 'ext3':
    case 'ext4':
      return withUuid(`mkfs.${volume.filesystem}`, volume, options, input, diagnostics)
    case 'xfs':
      return xfs(volume, options, input, diagnostics)
    case 'vfat':
    case 'msdos':
      return fat(volume, options, input, diagnostics)
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** mke2fs and mkswap take the UUID behind `-U`; `random` and `time` leave it to the plan. */
const withUuid = (
  program: string,
  volume: Volume,
  options: readonly string[],
  input: FormatInput,
  diagnostics: Diagnostic[],
): Made => {
  const given = optionValue(options, 'U')
  const isFree = given === undefined || given === 'random' || given === 'time'
  if (!isFree) checkUuid(given, volume, diagnostics)
  const uuid = isFree ? input.uuid : given
  const command = [program, ...options, ...(isFree ? ['-U', uuid] : []), input.device]
  return { command, want: identity(volume.filesystem, uuid.toLowerCase(), optionValue(options, 'L')) }
}

const xfs = (
  volume: Volume,
  options: readonly string[],
  input: FormatInput,
  diagnostics: Diagnostic[],
): Made => {
  const given = optionValue(options, 'm')?.match(/(?:^|,)uuid=([^,]*)/)?.[1]
  if (given !== undefined) checkUuid(given, volume, diagnostics)
  const uuid = given ?? input.uuid
  const force = options.includes('-f') ? [] : ['-f']
  const own = given === undefined ? ['-m', `uuid=${uuid}`] : []
  const command = ['mkfs.xfs', ...options, ...own, ...force, input.device]
  return { command, want: identity('xfs', uuid.toLowerCase(), optionValue(options, 'L')) }
}

const fat = (
  volume: Volume,
  options: readonly string[],
  input: FormatInput,
  diagnostics: Diagnostic[],
): Made => {
  const given = optionValue(options, 'i')?.replace('-', '')
  if (given !== undefined && !/^[0-9a-f]{1,8}$/i.test(given)) {
    const message = `"${given}" is no volume number of a FAT file system (8 hexadecimal digits)`
    diagnostics.push(errorAt('disk-config-invalid', message, volume.origin))
  }
  const serial = (given ?? input.uuid.slice(0, 8)).toUpperCase().padStart(8, '0')
  const own = given === undefined ? ['-i', serial] : []
  const command = [`mkfs.${volume.filesystem}`, ...options, ...own, input.device]
  const uuid = `${serial.slice(0, 4)}-${serial.slice(4)}`
  return { command, want: identity('vfat', uuid, optionValue(options, 'n')) }
}

const checkUuid = (uuid: string, volume: Volume, diagnostics: Diagnostic[]): void => {
  if (UUID.test(uuid)) return
  diagnostics.push(errorAt('disk-config-invalid', `"${uuid}" is no UUID`, volume.origin))
}

const identity = (type: string, uuid: string, filesystemLabel: string | undefined): FilesystemIdentity => ({
  type,
  uuid,
  ...(filesystemLabel === undefined ? {} : { filesystemLabel }),
})
