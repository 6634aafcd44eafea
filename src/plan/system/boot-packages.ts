import { type Diagnostic, type Origin, warningAt } from '../../diagnostic/diagnostic.ts'
import { isNameChecked } from '../../language/package-type.ts'
import { packageName } from './package-word.ts'
import type { PackageGroup } from './packages.ts'

const NEEDED = [
  { what: 'kernel', name: /^linux-image-/ },
  { what: 'GRUB', name: /^grub-efi/ },
] as const

/**
 * The warning `boot-package-missing` for each thing that an image needs to boot and that none of the packages
 * asked for is, by its name. No error, for another package may bring it. Pure.
 */
export const findMissingBootPackages = (
  groups: readonly PackageGroup[],
  origin: Origin,
): readonly Diagnostic[] => {
  const names = groups
    .filter(({ type }) => isNameChecked(type))
    .flatMap(({ packages }) => packages.map(({ word }) => packageName(word)))
  return NEEDED.filter(({ name }) => !names.some(each => name.test(each))).map(({ what, name }) => {
    const message = `no package of the host's classes is named like a ${what} (${name.source.slice(1)}...); without one the image does not boot`
    return warningAt('boot-package-missing', message, origin)
  })
}
