/** Folders below `kernel/`, or single modules, that an installer may need. */
export const MODULE_FOLDERS = [
  'arch',
  'block',
  'crypto',
  'drivers/ata',
  'drivers/block',
  'drivers/bus',
  'drivers/cdrom',
  'drivers/char/ipmi',
  'drivers/crypto',
  'drivers/dax',
  'drivers/firmware',
  'drivers/hid',
  'drivers/hv',
  'drivers/input/keyboard',
  'drivers/input/serio',
  'drivers/md',
  'drivers/message/fusion',
  'drivers/mmc',
  'drivers/net/bonding',
  'drivers/net/ethernet',
  'drivers/net/hyperv',
  'drivers/net/mdio',
  'drivers/net/phy',
  'drivers/net/team',
  'drivers/net/usb',
  'drivers/net/virtio_net',
  'drivers/net/vmxnet3',
  'drivers/net/xen-netfront',
  'drivers/nvdimm',
  'drivers/nvme',
  'drivers/pci',
  'drivers/scsi',
  'drivers/target/loopback',
  'drivers/usb/common',
  'drivers/usb/core',
  'drivers/usb/host',
  'drivers/usb/storage',
  'drivers/virtio',
  'fs/autofs',
  'fs/btrfs',
  'fs/efivarfs',
  'fs/exfat',
  'fs/ext4',
  'fs/f2fs',
  'fs/fat',
  'fs/fuse',
  'fs/isofs',
  'fs/jbd2',
  'fs/jfs',
  'fs/nfs',
  'fs/nls',
  'fs/overlayfs',
  'fs/squashfs',
  'fs/udf',
  'fs/xfs',
  'lib',
  'net/8021q',
  'net/packet',
] as const

/** Modules that must be there before the root is, each with no need of another, by their paths below `kernel/`. */
const EARLY_MODULES = ['drivers/block/loop', 'fs/overlayfs/overlay', 'fs/squashfs/squashfs'] as const

/** Where drivers of network cards are. */
const NETWORK_FOLDERS = ['drivers/net/ethernet', 'drivers/net/usb'] as const

/**
 * The modules of those folders with all that they need, as `modules.dep` has them, such as `kernel/fs/xfs/xfs.ko`. Pure. A line
 * there names all of it:
 *
 *     kernel/fs/xfs/xfs.ko: kernel/lib/libcrc32c.ko
 */
export const wantedModules = (modulesDep: string): ReadonlySet<string> => {
  const wanted = new Set<string>()
  for (const line of modulesDep.split('\n')) {
    const [module = '', needs = ''] = line.split(':')
    if (!isBelow(module, MODULE_FOLDERS)) continue
    for (const name of [module, ...needs.split(' ')]) if (name !== '') wanted.add(name)
  }
  return wanted
}

/** Whether a module must be there before the root is. Pure. */
export const isEarlyModule = (module: string): boolean => isBelow(module, EARLY_MODULES)

/** Whether a module drives network cards. Pure. */
export const isNetworkDriver = (module: string): boolean => isBelow(module, NETWORK_FOLDERS)

/** A folder, or a module by its name, which may be packed: `xfs.ko.xz`. */
const isBelow = (module: string, folders: readonly string[]): boolean =>
  folders.some(folder => module.startsWith(`kernel/${folder}/`) || module.startsWith(`kernel/${folder}.ko`))

/** `xfs` of `kernel/fs/xfs/xfs.ko.xz`. Pure. */
export const moduleName = (module: string): string => /([^/]+)\.ko(?:\.[a-z]+)?$/.exec(module)?.[1] ?? module

/**
 * Files of firmware by module. Pure.
 *
 *     @/usr/lib/modules/RELEASE/kernel/drivers/net/ethernet/broadcom/bnx2.ko
 *     bnx2/bnx2-mips-09-6.2.1b.fw
 */
export const parseFirmware = (text: string): Readonly<Record<string, readonly string[]>> => {
  const found: Record<string, string[]> = {}
  let files: string[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('@')) found[moduleName(line)] = files = []
    else if (line !== '') files.push(line)
  }
  return found
}
