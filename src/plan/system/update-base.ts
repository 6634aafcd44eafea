import type { Step } from '../step.ts'
import { planStandIn, planStandInRemoval, type StandIn } from './stand-in.ts'
import { APT_GET, inTarget, systemStep } from './system-step.ts'

/** Debian's name of the program that says whether a package may start its daemon; 101 is no. */
const POLICY: StandIn = { id: 'update.policy', path: '/usr/sbin/policy-rc.d', exitCode: 101 }

const mountKernel = (efiVariables: boolean): Step =>
  systemStep('updatebase', 'update.mount', 'mount proc, sys and dev in the target', {
    kind: 'mount-kernel-filesystems',
    ...(efiVariables ? { efiVariables } : {}),
  })

/** What programs of the target need of the kernel; an image must not find its way into the firmware of the machine that makes it. */
export const MOUNT_KERNEL = mountKernel(false)

/** The same for a machine's own disks. */
export const MOUNT_KERNEL_AND_FIRMWARE = mountKernel(true)

/** A system that does not run starts nothing. */
export const FORBID_DAEMONS = planStandIn('updatebase', POLICY)

/** The end of `FORBID_DAEMONS`: what stood there is back. */
export const ALLOW_DAEMONS = planStandInRemoval('finish', POLICY)

/** `apt-get update`, which by itself goes on with old lists or none where an archive does not answer (apt-get(8), `--error-on`). */
export const UPDATE_LISTS = systemStep(
  'updatebase',
  'update.lists',
  'read the package lists',
  inTarget(['apt-get', '-q', '-o', 'APT::Update::Error-Mode=any', 'update']),
)

/**
 * A target that is not in use is made ready for packages and brought up to date (task `updatebase`): FAI asks whether dpkg
 * and apt are content and then mends; here the same programs mend, and do nothing where they are. Pure.
 */
export const planUpdateBase = (mount: Step = MOUNT_KERNEL): readonly Step[] => [
  mount,
  ...FORBID_DAEMONS,
  UPDATE_LISTS,
  systemStep(
    'updatebase',
    'update.configure',
    'configure what the base system left',
    inTarget(['dpkg', '--configure', '--pending']),
  ),
  systemStep(
    'updatebase',
    'update.upgrade',
    'upgrade the base system',
    inTarget([...APT_GET, '--fix-broken', 'dist-upgrade']),
  ),
  systemStep('updatebase', 'update.clean', 'remove downloaded packages', inTarget(['apt-get', 'clean'])),
]
