import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Content } from '../../language/disk-config.ts'
import type { FilesystemIdentity, Word } from '../step.ts'
import { optionValue, splitOptions } from './options.ts'

/** How a device is formatted, and what it is then. The first command makes the file system, the others change it. */
export type FormatCommands<DeviceWord = Word> = {
  readonly commands: readonly (readonly (string | DeviceWord)[])[]
  readonly want: FilesystemIdentity
}

/** What formatting needs to know beyond the line itself. */
export type FormatInput<DeviceWord = Word> = {
  readonly device: DeviceWord
  /** A new UUID, used where the options of the line give none. */
  readonly uuid: string
  readonly variables: Readonly<Record<string, string>>
}

/** What of a line decides how its device is formatted. */
export type FormatLine = Pick<Content, 'filesystem' | 'createOptions' | 'tuneOptions' | 'origin'>

/** A file system as a line names it: `ext4:journal=/dev/sdb1` is an ext4 with its journal on another device. Pure. */
export const parseFilesystem = (text: string): { readonly type: string; readonly journal?: string } => {
  const [, type = text, journal] = /^([^:]+):journal=(.+)$/.exec(text) ?? []
  return journal === undefined ? { type } : { type, journal }
}

/**
 * The programs that make the file system of a line, with a UUID given, so that `fstab` is known before anything is
 * done. Undefined where the line asks for no file system; so does `xfs_journal`, which needs no preparation. Pure.
 *
 *     file system     UUID                    label  more
 *     ext2 ext3 ext4  -U                      -L     -J device= for a journal elsewhere
 *     ext3_journal    -U                      -L     ext4_journal alike
 *     swap            -U                      -L
 *     xfs             -m uuid=                -L     -f, -l logdev= for a journal elsewhere
 *     vfat msdos      -i                      -n     32 bits, `XXXX-XXXX` to blkid and fstab
 *     btrfs           -U                      -L     -f
 *     reiserfs        -u                      -l     -q
 *     jfs             jfs_tune -U             -L     -q
 *     ntfs            ntfslabel --new-serial  -L     64 bits
 *     others          not known               -L     f2fs is one: its mkfs takes no UUID
 */
export const formatCommands = <DeviceWord>(
  volume: FormatLine,
  input: FormatInput<DeviceWord>,
): Outcome<FormatCommands<DeviceWord> | undefined> => {
  if (volume.filesystem === '-' || volume.filesystem === 'xfs_journal') {
    return { value: undefined, diagnostics: [] }
  }
  const create = splitOptions(volume.createOptions, input.variables, volume.origin)
  const tune = splitOptions(volume.tuneOptions, input.variables, volume.origin)
  const diagnostics = [...create.diagnostics, ...tune.diagnostics]
  const made = create.value && makeCommands(volume, create.value, input, diagnostics)
  if (made === undefined || tune.value === undefined || hasErrors(diagnostics)) {
    return { value: undefined, diagnostics }
  }
  const program = parseFilesystem(volume.filesystem).type === 'reiserfs' ? 'reiserfstune' : 'tune2fs'
  const tuned = tune.value.length === 0 ? [] : [[program, ...tune.value, input.device]]
  return { value: { ...made, commands: [...made.commands, ...tuned] }, diagnostics }
}

const makeCommands = <DeviceWord>(
  volume: FormatLine,
  options: readonly string[],
  input: FormatInput<DeviceWord>,
  diagnostics: Diagnostic[],
): FormatCommands<DeviceWord> => {
  const { type, journal } = parseFilesystem(volume.filesystem)
  switch (type) {
    case 'swap':
      return withUuid(['mkswap'], 'swap', volume, options, input, diagnostics)
    case 'ext2':
    case 'ext3':
    case 'ext4': {
      const elsewhere = journal === undefined ? [] : ['-J', `device=${journal}`]
      return withUuid([`mkfs.${type}`, ...elsewhere], type, volume, options, input, diagnostics)
    }
    case 'ext3_journal':
    case 'ext4_journal':
      return withUuid(['mke2fs', '-O', 'journal_dev'], 'jbd', volume, options, input, diagnostics)
    case 'btrfs':
      return withUuid(['mkfs.btrfs', '-f'], 'btrfs', volume, options, input, diagnostics)
    case 'xfs':
      return xfs(volume, options, input, diagnostics, journal)
    case 'vfat':
    case 'msdos':
      return fat(type, volume, options, input, diagnostics)
    case 'reiserfs':
      return reiserfs(options, input)
    case 'jfs':
      return jfs(options, input)
    case 'ntfs':
      return ntfs(options, input)
    default:
      return { commands: [[`mkfs.${type}`, ...options, input.device]], want: { type } }
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** These take the UUID behind `-U`; `random` and `time` leave it to the plan. */
const withUuid = <DeviceWord>(
  program: readonly string[],
  type: string,
  volume: FormatLine,
  options: readonly string[],
  input: FormatInput<DeviceWord>,
  diagnostics: Diagnostic[],
): FormatCommands<DeviceWord> => {
  const given = optionValue(options, 'U')
  const isFree = given === undefined || given === 'random' || given === 'time'
  if (!isFree) checkUuid(given, volume, diagnostics)
  const uuid = isFree ? input.uuid : given
  const command = [...program, ...options, ...(isFree ? ['-U', uuid] : []), input.device]
  return { commands: [command], want: identity(type, uuid.toLowerCase(), optionValue(options, 'L')) }
}

const xfs = <DeviceWord>(
  volume: FormatLine,
  options: readonly string[],
  input: FormatInput<DeviceWord>,
  diagnostics: Diagnostic[],
  journal: string | undefined,
): FormatCommands<DeviceWord> => {
  const given = optionValue(options, 'm')?.match(/(?:^|,)uuid=([^,]*)/)?.[1]
  if (given !== undefined) checkUuid(given, volume, diagnostics)
  const uuid = given ?? input.uuid
  const force = options.includes('-f') ? [] : ['-f']
  const own = given === undefined ? ['-m', `uuid=${uuid}`] : []
  const elsewhere = journal === undefined ? [] : ['-l', `logdev=${journal}`]
  const command = ['mkfs.xfs', ...options, ...own, ...force, ...elsewhere, input.device]
  return { commands: [command], want: identity('xfs', uuid.toLowerCase(), optionValue(options, 'L')) }
}

const fat = <DeviceWord>(
  type: string,
  volume: FormatLine,
  options: readonly string[],
  input: FormatInput<DeviceWord>,
  diagnostics: Diagnostic[],
): FormatCommands<DeviceWord> => {
  const given = optionValue(options, 'i')?.replace('-', '')
  if (given !== undefined && !/^[0-9a-f]{1,8}$/i.test(given)) {
    const message = `"${given}" is no volume number of a FAT file system (8 hexadecimal digits)`
    diagnostics.push(errorAt('disk-config-invalid', message, volume.origin))
  }
  const serial = (given ?? input.uuid.slice(0, 8)).toUpperCase().padStart(8, '0')
  const own = given === undefined ? ['-i', serial] : []
  const command = [`mkfs.${type}`, ...options, ...own, input.device]
  const uuid = `${serial.slice(0, 4)}-${serial.slice(4)}`
  return { commands: [command], want: identity('vfat', uuid, optionValue(options, 'n')) }
}

const reiserfs = <DeviceWord>(
  options: readonly string[],
  { uuid, device }: FormatInput<DeviceWord>,
): FormatCommands<DeviceWord> => {
  const given = optionValue(options, 'u')
  const own = given === undefined ? ['-u', uuid] : []
  const command = ['mkfs.reiserfs', '-q', ...options, ...own, device]
  return { commands: [command], want: identity('reiserfs', given ?? uuid, optionValue(options, 'l')) }
}

/** mkfs.jfs takes no UUID; jfs_tune(8) gives one afterwards. */
const jfs = <DeviceWord>(
  options: readonly string[],
  { uuid, device }: FormatInput<DeviceWord>,
): FormatCommands<DeviceWord> => ({
  commands: [
    ['mkfs.jfs', '-q', ...options, device],
    ['jfs_tune', '-U', uuid, device],
  ],
  want: identity('jfs', uuid, optionValue(options, 'L')),
})

/** The serial number of an NTFS is what blkid calls its UUID: 16 digits. */
const ntfs = <DeviceWord>(
  options: readonly string[],
  { uuid, device }: FormatInput<DeviceWord>,
): FormatCommands<DeviceWord> => {
  const serial = uuid.replaceAll('-', '').slice(0, 16).toUpperCase()
  return {
    commands: [
      ['mkfs.ntfs', ...options, device],
      ['ntfslabel', `--new-serial=${serial}`, device],
    ],
    want: identity('ntfs', serial, optionValue(options, 'L')),
  }
}

const checkUuid = (uuid: string, volume: FormatLine, diagnostics: Diagnostic[]): void => {
  if (UUID.test(uuid)) return
  diagnostics.push(errorAt('disk-config-invalid', `"${uuid}" is no UUID`, volume.origin))
}

const identity = (type: string, uuid: string, filesystemLabel: string | undefined): FilesystemIdentity => ({
  type,
  uuid,
  ...(filesystemLabel === undefined ? {} : { filesystemLabel }),
})
