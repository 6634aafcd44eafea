import { type Diagnostic, hasErrors, type Origin, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { ConfigSpace } from '../../model/config-space.ts'
import type { DiskSteps } from '../disk/image-steps.ts'
import type { Step } from '../step.ts'
import { type BaseInput, planBase, planBaseCleanup } from './base.ts'
import { findMissingBootPackages } from './boot-packages.ts'
import { type BootFilesystem, planBootloader, planKernelLinks } from './bootloader.ts'
import { planDebconf } from './debconf.ts'
import { planFiles } from './files.ts'
import { planInitramfs } from './initramfs.ts'
import { expandGroups } from './package-check.ts'
import { planPackages } from './package-step.ts'
import { groupPackages } from './packages.ts'
import { planRamdisks } from './ramdisks.ts'
import { planRepository, planRepositoryCleanup } from './repository.ts'
import { planScripts } from './scripts.ts'
import { systemStep } from './system-step.ts'
import { ALLOW_DAEMONS, MOUNT_KERNEL_AND_FIRMWARE, planUpdateBase } from './update-base.ts'

/** What the system half of an installation depends on. */
export type SystemInput = {
  /** Lowest priority first. */
  readonly classes: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly configSpace: ConfigSpace
  /** No script may take longer. */
  readonly scriptSeconds: number
  readonly base: BaseInput
  /** As dpkg calls it: `amd64`, `arm64`. */
  readonly architecture: string
  /** The steps of an image, which gets a boot loader of ours, and the place that asks for it. */
  readonly disks?: { readonly steps: DiskSteps; readonly origin: Origin }
  /** The steps of the machine's own disks: scripts of the config space make them boot, as in FAI. */
  readonly ownDisks?: DiskSteps
  /** Directory of the target that gets the logs of `dirinstall`; with disks, their steps do it. */
  readonly saveLogsTo?: string
}

/**
 * All steps of an installation but the DNS update, in the order of FAI's tasks (fai-semantics.md, section 2.2): those of
 * the disks stand around those of the system. Pure; no step where any diagnostic is an error.
 */
export const planSystem = (input: SystemInput): Outcome<readonly Step[]> => {
  const { configSpace, base, disks, ownDisks, scriptSeconds } = input
  const around = ownDisks ?? disks?.steps
  const files = planFiles(configSpace.templates)
  const list = groupPackages({ ...input, files: configSpace.packageConfigs })
  const boot =
    disks &&
    planBootloader({
      ...input,
      origin: disks.origin,
      filesystems: filesystemsOf([...disks.steps.prepare, ...disks.steps.finish]),
    })
  const diagnostics: Diagnostic[] = [files, list, boot].flatMap(outcome => [...(outcome?.diagnostics ?? [])])
  if (hasErrors(diagnostics) || files.value === undefined || list.value === undefined) {
    return { value: undefined, diagnostics }
  }
  const expanded = expandGroups(list.value.groups, input.variables)
  diagnostics.push(...expanded.diagnostics)
  if (disks !== undefined) diagnostics.push(...findMissingBootPackages(expanded.groups, disks.origin))
  const initramfs = planInitramfs(expanded.groups)
  const ramdisks = planRamdisks(input.variables)
  const value = [
    ...(around?.prepare ?? []),
    ...planBase(base),
    ...(around?.afterBase ?? []),
    ...ramdisks.mount,
    ...planDebconf(configSpace.debconf, configSpace.directory),
    ...planRepository({ ...configSpace, files: files.value, variables: input.variables }),
    ...planUpdateBase(ownDisks && MOUNT_KERNEL_AND_FIRMWARE),
    ...(disks === undefined ? [] : [planKernelLinks(disks.origin)]),
    ...initramfs.beforePackages,
    ...planPackages(list.value, configSpace.localPackages),
    ...initramfs.afterPackages,
    ...planScripts(configSpace.scripts, configSpace.directory, scriptSeconds),
    ...ramdisks.unmount,
    ...initramfs.finish,
    ...(boot?.value ?? []),
    ...planRepositoryCleanup(input),
    ...planBaseCleanup(base),
    ...ALLOW_DAEMONS,
    ...(around?.finish ?? directoryFinish(input)),
  ]
  return { value, diagnostics }
}

const directoryFinish = ({ saveLogsTo }: SystemInput): readonly Step[] => [
  ...(saveLogsTo === undefined
    ? []
    : [
        systemStep('savelog', 'save-logs', `copy the logs to ${saveLogsTo}`, {
          kind: 'save-logs',
          to: saveLogsTo,
        }),
      ]),
  systemStep('savelog', 'unmount', 'unmount everything', { kind: 'unmount-all' }),
]

/** The file systems that the steps of the disks make, by where they are mounted or filled from. Pure. */
const filesystemsOf = (steps: readonly Step[]): readonly BootFilesystem[] => {
  const formats = steps.flatMap(({ action }) => (action.kind === 'format' ? [action] : []))
  return steps.flatMap(({ action }) => {
    if (action.kind !== 'mount' && action.kind !== 'fill-vfat') return []
    const want = formats.find(({ device }) => device === action.device)?.want
    if (want === undefined) return []
    const uuid = want.uuid === undefined ? {} : { uuid: want.uuid }
    return [{ mountPoint: action.kind === 'mount' ? action.at : action.from, type: want.type, ...uuid }]
  })
}
