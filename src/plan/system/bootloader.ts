import { type Diagnostic, errorAt, type Origin, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { Step } from '../step.ts'
import { inTarget, systemStep } from './system-step.ts'

/** What the boot loader depends on. */
export type BootloaderInput = {
  /** `amd64` or `arm64`, as dpkg calls it. */
  readonly architecture: string
  readonly filesystems: readonly BootFilesystem[]
  /** Class variables; `GRUB_CMDLINE_LINUX` is what the kernel is told. */
  readonly variables: Readonly<Record<string, string>>
  /** The disk configuration, for complaints about it. */
  readonly origin: Origin
}

/** A file system of the layout, by its mount point. */
export type BootFilesystem = { readonly mountPoint: string; readonly type: string; readonly uuid?: string }

/** GRUB's name of the platform, its package, and the name firmware looks for (UEFI 2.10, section 3.5.1.1). */
const PLATFORMS: Readonly<Record<string, { platform: string; package: string; file: string } | undefined>> = {
  amd64: { platform: 'x86_64-efi', package: 'grub-efi-amd64-bin', file: 'BOOTX64.EFI' },
  arm64: { platform: 'arm64-efi', package: 'grub-efi-arm64-bin', file: 'BOOTAA64.EFI' },
}

/** Everything that the embedded configuration needs; nothing else is put into the loader. */
const MODULES =
  'part_gpt part_msdos fat ext2 xfs btrfs search search_fs_uuid linux efi_gop normal configfile test echo ls cat halt reboot'

const CONFIG = '/boot/grub/embedded.cfg'
const DEFAULT_OPTIONS = 'console=tty0 console=ttyS0,115200'

/**
 * Makes the target bootable by UEFI with its own GRUB, without mounting the EFI system partition and without writing
 * firmware variables: one loader at the path that firmware tries by itself. Pure. Anything but an ESP at `/boot/efi` is
 * `boot-loader-unsupported`.
 *
 * The loader finds the file system by UUID and takes `boot/grub/grub.cfg` if one is there, else the links `vmlinuz` and
 * `initrd.img` that Debian's kernel packages keep up to date.
 */
export const planBootloader = (input: BootloaderInput): Outcome<readonly Step[]> => {
  const platform = PLATFORMS[input.architecture]
  const root = at(input, '/')
  const boot = at(input, '/boot') ?? root
  const faults = findFaults(input, platform !== undefined)
  if (faults.length > 0 || platform === undefined || root?.uuid === undefined || boot?.uuid === undefined) {
    return { value: undefined, diagnostics: faults }
  }
  const directory = '/boot/efi/EFI/BOOT'
  const content = renderEmbeddedConfig({
    rootUuid: root.uuid,
    bootUuid: boot.uuid,
    prefix: boot === root ? '/boot' : '',
    options: input.variables['GRUB_CMDLINE_LINUX'] ?? DEFAULT_OPTIONS,
  })
  const because = [{ origin: input.origin }]
  const argv = [
    'grub-mkstandalone',
    `--format=${platform.platform}`,
    `--output=${directory}/${platform.file}`,
    `--modules=${MODULES}`,
    `--install-modules=${MODULES}`,
    '--locales=',
    '--themes=',
    '--fonts=',
    `boot/grub/grub.cfg=${CONFIG}`,
  ]
  const title = `make ${directory}/${platform.file} with the GRUB of ${platform.package}`
  const value = [
    systemStep('finish', 'boot.config', `write ${CONFIG}`, writeFile(CONFIG, content), because),
    systemStep(
      'finish',
      'boot.directory',
      `make the directory ${directory}`,
      { kind: 'make-directory', path: { target: directory }, mode: 0o755 },
      because,
    ),
    systemStep('finish', 'boot.loader', title, inTarget(argv, 300), because),
  ]
  return { value, diagnostics: [] }
}

/** Has kernel packages keep their links in `/boot`, where they can be followed on a file system of its own too. Pure. */
export const planKernelLinks = (origin: Origin): Step =>
  systemStep(
    'instsoft',
    'boot.links',
    'keep the kernel links in /boot',
    writeFile('/etc/kernel-img.conf', 'do_symlinks = yes\nlink_in_boot = yes\n'),
    [{ origin }],
  )

const writeFile = (path: string, content: string) =>
  ({ kind: 'write-file', path: { target: path }, content, mode: 0o644 }) as const

const at = ({ filesystems }: BootloaderInput, mountPoint: string): BootFilesystem | undefined =>
  filesystems.find(filesystem => filesystem.mountPoint === mountPoint)

const findFaults = (input: BootloaderInput, knowsPlatform: boolean): readonly Diagnostic[] => {
  const fault = (message: string) => errorAt('boot-loader-unsupported', message, input.origin)
  const root = at(input, '/')
  const boot = at(input, '/boot') ?? root
  return [
    ...(knowsPlatform
      ? []
      : [fault(`there is no UEFI boot loader for the architecture "${input.architecture}"`)]),
    ...(at(input, '/boot/efi')?.type === 'vfat'
      ? []
      : [fault('no vfat is mounted at "/boot/efi"; other ways to boot are not supported yet')]),
    ...(root?.uuid === undefined || boot?.uuid === undefined
      ? [fault('the file system of "/" or "/boot" has no UUID to find it by')]
      : []),
    ...(isPrintable(input.variables['GRUB_CMDLINE_LINUX'] ?? '')
      ? []
      : [fault('GRUB_CMDLINE_LINUX holds a quote or a control character')]),
  ]
}

const isPrintable = (text: string): boolean => /^[ -&(-~]*$/.test(text)

type EmbeddedConfig = {
  readonly rootUuid: string
  readonly bootUuid: string
  /** Path of the boot directory on its file system. */
  readonly prefix: string
  readonly options: string
}

/** The text of the configuration inside the loader. Words of the kernel's command line are quoted. Pure. */
export const renderEmbeddedConfig = ({ rootUuid, bootUuid, prefix, options }: EmbeddedConfig): string => {
  const words = options.split(/ +/).filter(word => word !== '')
  const line = [`root=UUID=${rootUuid}`, 'ro', ...words.map(word => `'${word}'`)].join(' ')
  return [
    `search --no-floppy --fs-uuid --set=root ${bootUuid}`,
    `if [ -f ${prefix}/grub/grub.cfg ]; then`,
    `  set prefix=($root)${prefix}/grub`,
    `  configfile ${prefix}/grub/grub.cfg`,
    'else',
    `  linux ${prefix}/vmlinuz ${line}`,
    `  initrd ${prefix}/initrd.img`,
    '  boot',
    'fi',
    '',
  ].join('\n')
}
