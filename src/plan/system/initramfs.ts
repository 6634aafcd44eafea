import { isNameChecked } from '../../language/package-type.ts'
import type { Step } from '../step.ts'
import type { PackageGroup } from './packages.ts'
import { planStandIn, planStandInRemoval } from './stand-in.ts'
import { inTarget, systemStep } from './system-step.ts'

const PROGRAM = '/usr/sbin/update-initramfs'

/** Steps around the packages and at the end. */
export type InitramfsSteps = {
  readonly beforePackages: readonly Step[]
  readonly afterPackages: readonly Step[]
  readonly finish: readonly Step[]
}

/**
 * Has the initramfs made once, after files and scripts, where otherwise each kernel and each package with a hook makes it
 * anew (5 to 10 seconds each). During the packages a program that does nothing stands in for `update-initramfs`. Pure.
 *
 *     a linux-image-* is asked for   dracut is asked for   steps
 *     yes                            no                    stand-in, its removal, `update-initramfs -c -k all`
 *     yes                            yes                   none: the packages do what they do
 *     no                                                   none
 */
export const planInitramfs = (groups: readonly PackageGroup[]): InitramfsSteps => {
  const wanted = groups.filter(({ type }) => isNameChecked(type)).flatMap(({ packages }) => packages)
  const kernel = wanted.find(({ word }) => /^linux-image-[^-].*[^-]$/.test(word))
  if (kernel === undefined || wanted.some(({ word }) => word === 'dracut')) {
    return { beforePackages: [], afterPackages: [], finish: [] }
  }
  const because = [{ class: kernel.class, origin: kernel.origin }]
  const standIn = { id: 'initramfs', path: PROGRAM, exitCode: 0, because }
  return {
    beforePackages: planStandIn('instsoft', standIn),
    afterPackages: planStandInRemoval('instsoft', standIn),
    finish: [
      systemStep(
        'finish',
        'initramfs.make',
        'make the initramfs of every kernel',
        inTarget(['update-initramfs', '-c', '-k', 'all']),
        because,
      ),
    ],
  }
}
