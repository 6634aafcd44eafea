import { type Diagnostic, hasErrors, type Origin, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { ConfigSpace } from '../../model/config-space.ts'
import type { DiskSteps } from '../disk/image-steps.ts'
import type { Step } from '../step.ts'
import { type BaseInput, planBase, planBaseCleanup } from './base.ts'
import { findMissingBootPackages } from './boot-packages.ts'
import { type BootFilesystem, planBootloader, planKernelLinks } from './bootloader.ts'
import { planFiles } from './files.ts'
import { planInitramfs } from './initramfs.ts'
import { groupPackages, planPackages } from './packages.ts'
import { planRepository } from './repository.ts'
import { planScripts } from './scripts.ts'
import { APT_GET, inTarget, systemStep } from './system-step.ts'

/** What the system half of an installation depends on. */
export type SystemInput = {
  /** Lowest priority first. */
  readonly classes: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly configSpace: ConfigSpace
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
  const { configSpace, base, disks, ownDisks } = input
  const around = ownDisks ?? disks?.steps
  const files = planFiles(configSpace.templates)
  const groups = groupPackages({ ...input, files: configSpace.packageConfigs })
  const boot =
    disks &&
    planBootloader({
      ...input,
      origin: disks.origin,
      filesystems: filesystemsOf([...disks.steps.prepare, ...disks.steps.finish]),
    })
  const diagnostics: Diagnostic[] = [files, groups, boot].flatMap(outcome => [
    ...(outcome?.diagnostics ?? []),
  ])
  if (hasErrors(diagnostics) || files.value === undefined || groups.value === undefined) {
    return { value: undefined, diagnostics }
  }
  if (disks !== undefined) diagnostics.push(...findMissingBootPackages(groups.value, disks.origin))
  const initramfs = planInitramfs(groups.value)
  const addsArchives =
    configSpace.keyrings.length > 0 || files.value.some(({ task }) => task === 'repository')
  const isFresh = base.cache?.present !== true && !addsArchives
  const value = [
    ...(around?.prepare ?? []),
    ...planBase(base),
    ...(around?.afterBase ?? []),
    ...planRepository(configSpace.keyrings),
    ...files.value.filter(({ task }) => task === 'repository'),
    kernelFilesystems(ownDisks !== undefined),
    ...UPDATE_BASE,
    // What was bootstrapped a minute ago from the same archives has nothing to upgrade.
    ...(isFresh ? [] : [UPGRADE]),
    ...(disks === undefined ? [] : [planKernelLinks(disks.origin)]),
    ...initramfs.beforePackages,
    ...planPackages(groups.value),
    ...initramfs.afterPackages,
    ...files.value.filter(({ task }) => task === 'configure'),
    ...planScripts(configSpace.scripts, configSpace.directory),
    ...initramfs.finish,
    ...(boot?.value ?? []),
    ...planBaseCleanup(base.because),
    ALLOW_DAEMONS,
    ...(around?.finish ?? directoryFinish(input)),
  ]
  return { value, diagnostics }
}

/** The name Debian gives the program that says whether a package may start its daemon. */
const POLICY = { target: '/usr/sbin/policy-rc.d' }

/** An image must not find its way into the firmware of the machine that makes it. */
const kernelFilesystems = (efiVariables: boolean): Step =>
  systemStep('updatebase', 'update.mount', 'mount proc, sys and dev in the target', {
    kind: 'mount-kernel-filesystems',
    ...(efiVariables ? { efiVariables } : {}),
  })

const UPDATE_BASE: readonly Step[] = [
  systemStep('updatebase', 'update.policy', 'keep packages from starting daemons', {
    kind: 'write-file',
    path: POLICY,
    content: '#!/bin/sh\nexit 101\n',
    mode: 0o755,
  }),
  systemStep('updatebase', 'update.lists', 'read the package lists', inTarget(['apt-get', '-q', 'update'])),
]

const UPGRADE = systemStep(
  'updatebase',
  'update.upgrade',
  'upgrade the base system',
  inTarget([...APT_GET, 'dist-upgrade']),
)

const ALLOW_DAEMONS = systemStep('finish', 'finish.policy', 'let packages start daemons again', {
  kind: 'remove-file',
  path: POLICY,
})

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
export const filesystemsOf = (steps: readonly Step[]): readonly BootFilesystem[] => {
  const formats = steps.flatMap(({ action }) => (action.kind === 'format' ? [action] : []))
  return steps.flatMap(({ action }) => {
    if (action.kind !== 'mount' && action.kind !== 'fill-vfat') return []
    const want = formats.find(({ device }) => device === action.device)?.want
    if (want === undefined) return []
    const uuid = want.uuid === undefined ? {} : { uuid: want.uuid }
    return [{ mountPoint: action.kind === 'mount' ? action.at : action.from, type: want.type, ...uuid }]
  })
}
