import { createHash } from 'node:crypto'
import type { Archive } from '../model/archive.ts'
import { bootstrapCommand } from '../plan/system/bootstrap.ts'
import { IMAGE_CHOICE, IMAGE_PACKAGES } from './image-packages.ts'
import { MODULE_FOLDERS } from './kernel-modules.ts'

/** What an image is made of. */
export type ImagePlan = {
  readonly archive: Archive
  /** A package, `linux-image-amd64`, or one that stands for it. */
  readonly kernel: string
  /** All that are asked for, in order of name. */
  readonly packages: readonly string[]
  /** Of all files in the image, seconds since 1970. */
  readonly mtimeSeconds: number
  /** Of zstd. */
  readonly level: number
  /** Names what does not change with our program: the same key, the same octets. */
  readonly baseKey: string
}

/** What is chosen, and what the machine has. */
export type ImageChoice = Pick<ImagePlan, 'archive' | 'kernel' | 'mtimeSeconds' | 'level'> & {
  /** Beside those that every image has. */
  readonly morePackages: readonly string[]
  /** State of the package lists of this machine. */
  readonly releases: string
}

/** What an image is made of. Pure. */
export const planImage = ({ morePackages, releases, ...choice }: ImageChoice): ImagePlan => {
  const packages = [...new Set([...IMAGE_PACKAGES, ...morePackages])].sort()
  const { suite, sources } = choice.archive
  const { kernel, mtimeSeconds, level } = choice
  const decisive = { suite, sources, releases, kernel, packages, mtimeSeconds, level }
  const baseKey = createHash('sha256')
    .update(JSON.stringify([decisive, IMAGE_CHOICE, MODULE_FOLDERS, KERNEL_HOOK]))
    .digest('hex')
    .slice(0, 16)
  return { ...choice, packages, baseKey }
}

/** Where the kernel's package is put into the root: not installed, for that would make an initramfs. */
export const KERNEL_PACKAGE_DIRECTORY = 'kernel-package'

/** Run by mmdebstrap with the root as its argument; a package that stands for the newest kernel depends on it. */
const KERNEL_HOOK = `set -e
cd "$1"
mkdir ${KERNEL_PACKAGE_DIRECTORY}
cd ${KERNEL_PACKAGE_DIRECTORY}
export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
newest=$(apt-cache depends "$FAI_CLASSES_KERNEL" | sed -n 's/^ *Depends: \\(linux-image-[^ ]*\\)$/\\1/p' | head -n 1)
apt-get download "\${newest:-$FAI_CLASSES_KERNEL}"`

/** The command that makes the root; it finds the kernel's name in `FAI_CLASSES_KERNEL`. Pure. */
export const rootCommand = ({ archive, packages }: ImagePlan, directory: string): readonly string[] =>
  bootstrapCommand(
    { archive, command: { program: 'mmdebstrap', options: ['--variant=apt'] } },
    [
      `--include=${packages.join(',')}`,
      `--customize-hook=${KERNEL_HOOK}`,
      // Their signatures say on the machine what its archives are.
      '--skip=cleanup/apt/lists',
    ],
    directory,
  )
