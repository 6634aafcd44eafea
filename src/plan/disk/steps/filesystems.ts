import { warningAt } from '../../../diagnostic/diagnostic.ts'
import type { Content } from '../../../language/disk-config.ts'
import type { FilesystemIdentity } from '../../step.ts'
import { type FormatCommands, formatCommands, parseFilesystem } from '../format-command.ts'
import type { BtrfsLayout } from '../layout.ts'
import type { StorageStep } from '../storage-plan.ts'
import { type Draft, optionWords, storageStep } from './draft.ts'
import { type ContentDevice, contentDevices } from './volumes.ts'

/** The file systems, and what each will be: by its device, of a btrfs over several devices the first. */
export type FilesystemSteps = {
  readonly steps: readonly StorageStep[]
  readonly identities: ReadonlyMap<string, FilesystemIdentity>
}

/** The steps that make file systems, change them as `tuneopts` says, and make subvolumes. Pure. */
export const filesystemSteps = (draft: Draft): FilesystemSteps => {
  const made = [
    ...contentDevices(draft)
      .filter(({ isFormatted }) => isFormatted)
      .map(each => makeFilesystem(draft, each)),
    ...draft.layout.btrfs
      .filter(({ isLine, isKept }) => !isLine && !isKept)
      .map(btrfs => makeBtrfs(draft, btrfs)),
  ]
  return {
    steps: made.flatMap(({ steps }) => steps),
    identities: new Map(
      made.flatMap(({ device, identity }) => (identity === undefined ? [] : [[device, identity] as const])),
    ),
  }
}

type Made = {
  readonly device: string
  readonly steps: readonly StorageStep[]
  readonly identity: FilesystemIdentity | undefined
}

const makeFilesystem = (draft: Draft, { device, content, partition }: ContentDevice): Made => {
  const input = { device, uuid: draft.newUuid(), variables: draft.variables }
  const line = partition === undefined ? content : withoutLostOptions(draft, content)
  const { value: format, diagnostics } = formatCommands(line, input)
  draft.diagnostics.push(...diagnostics)
  if (format === undefined) return { device, steps: [], identity: undefined }
  const { journal } = parseFilesystem(content.filesystem)
  const first = journal === undefined ? [] : [`device:${journal}`, `filesystem:${journal}`]
  const subvolume = format.want.type === 'btrfs' ? subvolumeName(content.mountOptions) : undefined
  return {
    device,
    steps: [
      ...formatSteps(draft, device, format, titleOf(content, device), first),
      ...(subvolume === undefined ? [] : [createSubvolume(draft, device, subvolume, [])]),
    ],
    identity: format.want,
  }
}

/** FAI makes a btrfs on a partition without its `createopts` (setup-storage.md, section 7). */
const withoutLostOptions = ({ diagnostics }: Draft, content: Content): Content => {
  if (content.filesystem !== 'btrfs' || content.createOptions === '') return content
  const message = `createopts="${content.createOptions}" has no effect on a btrfs of one partition, as in FAI; below "disk_config btrfs" it has`
  diagnostics.push(warningAt('create-options-ignored', message, content.origin))
  return { ...content, createOptions: '' }
}

const titleOf = (
  { filesystem, mountPoint }: Pick<Content, 'filesystem' | 'mountPoint'>,
  on: string,
): string =>
  `make ${parseFilesystem(filesystem).type} on ${on}${mountPoint.startsWith('/') ? ` for ${mountPoint}` : ''}`

/** The first command makes the file system, each further one changes it. */
const formatSteps = (
  draft: Draft,
  device: string,
  { commands, want }: FormatCommands<string>,
  title: string,
  needs: readonly string[],
): readonly StorageStep[] =>
  commands.map((argv, index) => {
    const isLast = index === commands.length - 1
    const provides = [isLast ? `filesystem:${device}` : `made:${device}${index === 0 ? '' : `:${index}`}`]
    const { type, uuid, filesystemLabel } = want
    const identity = isLast
      ? {
          ...(uuid === undefined ? {} : { uuid }),
          ...(filesystemLabel === undefined ? {} : { label: filesystemLabel }),
        }
      : {}
    const expects = { kind: 'content', device, type, ...identity } as const
    if (index > 0) {
      return storageStep(draft, 'tune-filesystem', device, {
        suffix: String(index),
        title: `set up the file system on ${device} with ${argv[0]}`,
        argv,
        needs: [`made:${device}${index === 1 ? '' : `:${index - 1}`}`],
        provides,
        expects,
      })
    }
    return storageStep(draft, 'create-filesystem', device, {
      title,
      argv,
      needs: [`device:${device}`, `cleared:${device}`, `wiped:${device}`, ...needs],
      provides,
      destroys: true,
      expects,
      ...(type === 'btrfs' ? { recover: [clearCommand(device)] } : {}),
    })
  })

/** mkfs.btrfs takes no UUID that is in use, though it be by what it has made there itself before it was killed. */
const clearCommand = (device: string): readonly string[] => ['wipefs', '--all', '--force', device]

const makeBtrfs = (draft: Draft, { devices, subvolumes }: BtrfsLayout): Made => {
  const [device, ...others] = devices
  const volume = subvolumes[0]?.volume
  if (device === undefined || volume === undefined) return { device: '', steps: [], identity: undefined }
  const createOptions = `-d ${volume.profile} ${volume.createOptions}`
  const line = { ...volume, createOptions, filesystem: 'btrfs' }
  const { value, diagnostics } = formatCommands(line, {
    device,
    uuid: draft.newUuid(),
    variables: draft.variables,
  })
  draft.diagnostics.push(...diagnostics)
  if (value === undefined) return { device, steps: [], identity: undefined }
  const [make = [], ...more] = value.commands
  const format = { ...value, commands: [[...make, ...others], ...more] }
  const needs = others.flatMap(other => [`device:${other}`, `cleared:${other}`, `wiped:${other}`])
  const title = titleOf({ filesystem: 'btrfs', mountPoint: volume.mountPoint }, devices.join(', '))
  const steps = formatSteps(draft, device, format, title, needs).map(step => ({
    ...step,
    disks: [...new Set(devices.flatMap(draft.disksOf))].sort(),
    ...(step.recover === undefined ? {} : { recover: devices.map(clearCommand) }),
  }))
  const named = subvolumes.map(({ name, volume: { btrfsOptions, origin } }) =>
    createSubvolume(draft, device, name, optionWords(draft, btrfsOptions, origin)),
  )
  return { device, steps: [...steps, ...named], identity: value.want }
}

const subvolumeName = (mountOptions: string): string | undefined =>
  /(?:^|,)subvol=\/?([^,]+)/.exec(mountOptions)?.[1]

const createSubvolume = (
  draft: Draft,
  device: string,
  name: string,
  options: readonly string[],
): StorageStep => {
  const path = { mounted: device, path: `/${name}` }
  return storageStep(draft, 'create-subvolume', device, {
    suffix: name,
    title: `create subvolume ${name} on ${device}`,
    argv: ['btrfs', 'subvolume', 'create', ...options, path],
    needs: [`filesystem:${device}`],
    provides: [`subvolume:${device}:${name}`],
    recover: [['btrfs', 'subvolume', 'delete', path]],
  })
}
