import { type Diagnostic, hasErrors, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { ConfigSpace } from '../../model/config-space.ts'
import type { Step } from '../step.ts'
import { planDebconf } from './debconf.ts'
import { planFiles } from './files.ts'
import { planPackages } from './package-step.ts'
import { groupPackages } from './packages.ts'
import { planKeyrings } from './repository.ts'
import { planScripts } from './scripts.ts'
import { APT_GET, inTarget, systemStep } from './system-step.ts'
import { ALLOW_DAEMONS, FORBID_DAEMONS, MOUNT_KERNEL, UPDATE_LISTS } from './update-base.ts'

/** What an update of an installed system depends on. */
export type UpdateInput = {
  /** Lowest priority first. */
  readonly classes: readonly string[]
  readonly configSpace: ConfigSpace
  /** No script may take longer. */
  readonly scriptSeconds: number
  /** The system that runs; else one below a directory, which lacks what a running one has. */
  readonly isRunning: boolean
  /** Where that system keeps the logs of the run. */
  readonly saveLogsTo: string
}

/**
 * The steps of FAI's `softupdate` (fai-semantics.md, section 2.2). Pure. What the host holds (apt-mark hold) stays; a run
 * that was killed while dpkg worked is finished first.
 */
export const planUpdate = (input: UpdateInput): Outcome<readonly Step[]> => {
  const { configSpace, isRunning, saveLogsTo, scriptSeconds } = input
  const files = planFiles(configSpace.templates)
  const list = groupPackages({ classes: input.classes, files: configSpace.packageConfigs })
  const diagnostics: Diagnostic[] = [...files.diagnostics, ...list.diagnostics]
  if (hasErrors(diagnostics) || files.value === undefined || list.value === undefined) {
    return { value: undefined, diagnostics }
  }
  const value = [
    ...planDebconf(configSpace.debconf, configSpace.directory),
    ...planKeyrings(configSpace.keyrings),
    ...files.value,
    ...(isRunning ? [] : [MOUNT_KERNEL, ...FORBID_DAEMONS]),
    FINISH_DPKG,
    UPDATE_LISTS,
    UPGRADE,
    ...planPackages(list.value, configSpace.localPackages, true),
    ...planScripts(configSpace.scripts, configSpace.directory, scriptSeconds),
    ...(isRunning ? [] : ALLOW_DAEMONS),
    systemStep('savelog', 'save-logs', `copy the logs to ${saveLogsTo}`, {
      kind: 'save-logs',
      to: saveLogsTo,
    }),
    systemStep('savelog', 'unmount', 'unmount everything', { kind: 'unmount-all' }),
  ]
  return { value, diagnostics }
}

/** Without the permission to change what is held, which an installation has. */
const APT_WITH_HOLDS = APT_GET.filter(word => word !== '--allow-change-held-packages')

/** What an earlier run left half unpacked is mended on the way. */
const UPGRADE = systemStep(
  'updatebase',
  'update.upgrade',
  'upgrade what is installed',
  inTarget([...APT_WITH_HOLDS, '--fix-broken', 'dist-upgrade']),
)

/** What dpkg began to install and had never installed before: state `half-installed`, without the field `Config-Version`. */
const HALF_INSTALLED = [
  `dpkg-query --show --showformat='\${db:Status-Abbrev}|\${Config-Version}|\${binary:Package}\\n'`,
  "sed -n 's/^iH[R ]||//p'",
].join(' | ')

/**
 * After a dpkg that was killed apt refuses to work, and takes a package that is half there for installed. What cannot be
 * configured is no reason to stop here: its next version may be in the archive, and where it is not, the upgrade fails.
 */
const FINISH_DPKG = systemStep(
  'updatebase',
  'update.finish-dpkg',
  'finish what a dpkg began that was killed',
  inTarget([
    'sh',
    '-c',
    `dpkg --configure --pending --force-confdef --force-confnew
names=$(${HALF_INSTALLED})
[ -z "$names" ] || dpkg --remove --force-remove-reinstreq $names
true`,
  ]),
)
