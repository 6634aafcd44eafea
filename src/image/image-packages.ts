/**
 * What the image is made of, beside what Debian marks as essential, and apt: programs that plans call on the machine that
 * is installed, and those that scripts of a config space expect.
 */
export const IMAGE_PACKAGES = [
  // What boots: devices, modules, the network.
  ...['busybox-static', 'iproute2', 'kmod', 'mount', 'udev'],
  // Disks and what is on them.
  ...[
    'btrfs-progs',
    'cryptsetup-bin',
    'dosfstools',
    'e2fsprogs',
    'fdisk',
    'gdisk',
    'lvm2',
    'mdadm',
    'parted',
    'xfsprogs',
  ],
  // Base systems, config spaces and logs.
  ...['bzip2', 'ca-certificates', 'curl', 'mmdebstrap', 'openssh-client', 'xz-utils', 'zstd'],
  // `sysinfo`, and whoever looks at a machine that does not boot.
  ...['dmidecode', 'pciutils', 'procps'],
] as const

/** Of Debian's kernels the one that has drivers for everything, by architecture. */
export const defaultKernel = (architecture: string): string => `linux-image-${architecture}`

/** Kinds of files that an installer does not need, as patterns on the path. */
const LEFT_OUT: readonly RegExp[] = [
  // The kernel's, or what was left by whoever made the root.
  /^(?:boot|dev|proc|run|sys|tmp)\//,
  /^var\/(?:cache|log|tmp|backups)\/./,
  /^var\/lib\/apt\/(?!lists$|extended_states$)[^/]+$/,
  /^var\/lib\/apt\/lists\/(?!.*_(?:InRelease|Release|Packages)(?:\.\w+)?$)/,
  // dpkg's own files on packages: nothing is installed or removed here. Its list stays.
  /^var\/lib\/dpkg\/(?!status$)/,
  // For people who read.
  /^usr\/share\/(?:bash-completion|bug|doc|doc-base|gdb|info|lintian|locale|man|menu|pixmaps|zsh)\//,
  /^usr\/share\/perl\/[^/]+\/(?:pod|perl5db\.pl|unicore\/Name)/,
  // Names of hardware, for udev's database, which is not asked for.
  /^(?:usr\/lib|etc)\/udev\/hwdb/,
  // Character sets of other languages, and headers.
  /^usr\/lib\/[^/]+\/gconv\//,
  /^usr\/lib\/[^/]+\/perl\/[^/]+\/(?:CORE\/|auto\/Encode\/(?:CN|EBCDIC|JP|KR|TW)\/)/,
  // xfs_scrub alone needs Python and the names of all characters.
  /^usr\/(?:bin|lib|share|share\/doc)\/python3/,
  /^usr\/lib\/[^/]+\/libicu/,
  /^usr\/sbin\/xfs_scrub/,
]

/** Whether a file of the root that packages make goes into the image. Pure. */
export const isInImage = (path: string): boolean => !LEFT_OUT.some(pattern => pattern.test(path))

/** For the key of what is kept: another choice is another image. */
export const IMAGE_CHOICE = [...IMAGE_PACKAGES, ...LEFT_OUT.map(String)].join('\n')
