import type { Origin } from '../diagnostic/diagnostic.ts'
import type { LocalPackage, Template } from '../model/config-space.ts'
import type { PartitionTable } from './disk/layout.ts'
import type { StoragePlan } from './disk/storage-plan.ts'
import type { ZoneUpdate } from './register/update.ts'
import type { PackageList } from './system/packages.ts'
import type { Task } from './task.ts'

/**
 * One thing the installer will do. A plan is data: it can be printed, stored,
 * compared and reviewed, and nothing in it has happened yet.
 */
export type Step<A extends Action = Action> = {
  /** Stable and unique in its plan, for example `format.root`. */
  readonly id: string
  readonly task: Task
  /** One line for people, lower case: what is done to what. */
  readonly title: string
  /** The class, record or file that asked for it, where there is one. */
  readonly because: readonly Because[]
  /** Data that was there before is gone afterwards. */
  readonly destroys: boolean
  readonly action: A
}

/** A step that `apply/` carries out; the update of DNS is none. */
export type LocalStep = Step<LocalAction>

/** Why a step is there: the class that asked for it, and the place in the config space that says so. */
export type Because = { readonly class?: string; readonly origin: Origin }

/**
 * A word of an argv, or a piece of a text. Devices of an image, the mounted target and
 * the log directory have no name before the plan is applied, so they are words of their own:
 * `device` is what an `attach` step named (`p1`; `disk` for the whole image), or a mount point that a `mount-fstab` step
 * left to be filled later, `target` a path below the target root, `log` a file of the log directory. Behind `inTarget` a
 * `target` word is the path as it is seen inside the target.
 */
export type Word =
  | string
  | { readonly device: string }
  | { readonly target: string }
  | { readonly log: string }

/** A text that may hold words known only when the plan is applied; its pieces are joined without a separator. */
export type Text = string | readonly Word[]

/** What a step does to the target or the machine; `apply/` has one function for each kind and decides nothing itself. */
export type LocalAction =
  /**
   * A program on the build machine, or with `inTarget` below the target's root (chroot); no shell, stdin closed
   * unless given, `LC_ALL=C`. Anything but exit 0 fails the step. Its output goes to the log file of the step's task.
   */
  | {
      readonly kind: 'run'
      readonly argv: readonly Word[]
      readonly inTarget?: boolean
      readonly stdin?: string
      readonly env?: Readonly<Record<string, Text>>
      /** An hour where absent. */
      readonly timeoutSeconds?: number
    }
  /** A new sparse file `partPath`, which becomes `path` by `finish-image`. Refused where `path` is there unless `replace`. */
  | {
      readonly kind: 'create-image'
      readonly path: string
      readonly partPath: string
      readonly sizeBytes: number
      readonly replace: boolean
    }
  /** The whole table by one call of sfdisk, then read back and compared with `table`. */
  | {
      readonly kind: 'write-table'
      readonly image: string
      readonly script: string
      readonly table: PartitionTable
    }
  /** Makes one extent of an image a block device; the words `{ device }` of later steps name it. */
  | {
      readonly kind: 'attach'
      readonly device: string
      readonly image: string
      readonly startByte: number
      readonly sizeBytes: number
      readonly sectorBytes: number
    }
  /** The programs that make (and tune) one file system, then blkid, whose answer is compared with `want`. */
  | {
      readonly kind: 'format'
      readonly device: string
      readonly commands: readonly (readonly Word[])[]
      readonly want: FilesystemIdentity
    }
  /** Mounts below the target; `at` is the mount point as the installed system sees it, made where it is missing. */
  | {
      readonly kind: 'mount'
      readonly device: string
      readonly at: string
      readonly filesystem: string
      readonly options: readonly string[]
    }
  /**
   * Lays out the disks of the machine, or finishes a run that was killed; whatever is opened for it is closed at the end.
   * Nothing is done where `disk_var.sh` in the log directory says that a hook has seen to the disks.
   */
  | {
      readonly kind: 'change-storage'
      readonly storage: StoragePlan
      /** A digest of what the plan was made from: a run that was killed is finished with the same. */
      readonly configuration: string
      /** Of the configuration, in file order; the storage plan of a run that was killed names them by their number. */
      readonly passphrases: readonly string[]
      /** Names of the disks that may be used; all of the machine where absent. */
      readonly disklist?: readonly string[]
    }
  /**
   * Mounts below the target what `fstab` in the log directory says, and turns its swap on. Where the mount point is one of
   * `filledLater`, a directory is made, and a `fill-vfat` step names the device by it.
   */
  | { readonly kind: 'mount-fstab'; readonly filledLater: readonly string[] }
  /**
   * `fstab`, `crypttab` with its key files, and `mdadm.conf` of the log directory into the target, as far as they are
   * there; an `fstab` of the target is kept as `fstab.old`.
   */
  | { readonly kind: 'install-disk-files' }
  /**
   * `proc`, `sys`, `dev` and `dev/pts` of the build machine below the target, until `unmount-all`. With `efiVariables` also
   * those of the firmware, where there are any, so that a boot loader can enter itself there.
   */
  | { readonly kind: 'mount-kernel-filesystems'; readonly efiVariables?: boolean }
  /** A file system by its name on the network, mounted below the target until `unmount-all`. */
  | {
      readonly kind: 'mount-mirror'
      readonly source: string
      readonly at: string
      /** As mount(8) has them. */
      readonly options: readonly string[]
    }
  /** A directory of the target, with all that is in it, in memory until `unmount-ramdisk` or `unmount-all`; nothing where it is absent. */
  | { readonly kind: 'mount-ramdisk'; readonly path: string }
  | { readonly kind: 'unmount-ramdisk'; readonly path: string }
  /** Copies what is below `from` in the target into the vfat on `device` with mtools, and empties `from`. */
  | { readonly kind: 'fill-vfat'; readonly device: string; readonly from: string }
  /** Everything mounted or attached so far, in reverse order. */
  | { readonly kind: 'unmount-all' }
  /** `partPath` becomes `path`: from here on the image is a good one. */
  | {
      readonly kind: 'finish-image'
      readonly path: string
      readonly partPath: string
      readonly replace: boolean
    }
  | { readonly kind: 'make-directory'; readonly path: Word; readonly mode: number }
  /** Owner root. Parent directories are made; what stands at `path` is replaced, a symbolic link too. */
  | { readonly kind: 'write-file'; readonly path: Word; readonly content: Text; readonly mode: number }
  /** Removes a file or a symbolic link where there is one. */
  | { readonly kind: 'remove-file'; readonly path: Word }
  /** A file of the config space into the target: FAI's `fcopy`. Owner and group are names (or numbers) of the target. */
  | {
      readonly kind: 'copy-file'
      readonly from: string
      readonly to: string
      readonly owner: string
      readonly group: string
      readonly mode: number
    }
  /**
   * A file of the build machine into the target, mode 0644 and of root: where a symbolic link leads that stands at `to`.
   * Nothing where the machine has none.
   */
  | {
      readonly kind: 'copy-machine-file'
      readonly from: string
      readonly to: string
      /** The one that the base system has is kept, with this at the end of its name. */
      readonly keep?: string
    }
  /**
   * An executable of the config space with FAI's variables in its environment. `directory` is the scripts
   * directory it runs in, `name` its path there (`WEB/10-nginx`). Its exit code goes to `status.log`; a failure is
   * recorded and the plan goes on.
   */
  | {
      readonly kind: 'run-script'
      readonly directory: string
      readonly name: string
      readonly timeoutSeconds: number
    }
  /** A command of `bin/tools`, in the environment of scripts. */
  | { readonly kind: 'run-tool'; readonly argv: readonly string[] }
  /**
   * Everything that the classes ask of package tools, then the package files of the config space. What the target's
   * archives do not know is left out with a warning; a command that fails is told at the end, after all others.
   */
  | {
      readonly kind: 'install-packages'
      readonly list: PackageList
      readonly localPackages: readonly LocalPackage[]
      /** What the host holds stays as it is. */
      readonly respectsHolds: boolean
    }
  /** The log directory so far, copied to `to` below the target. */
  | { readonly kind: 'save-logs'; readonly to: string }

/**
 * One RFC 2136 message: the first of the update's attempts whose prerequisites hold. It is planned anew once the rest is
 * done, from what the zone holds by then.
 */
export type UpdateDns = { readonly kind: 'update-dns'; readonly zone: string; readonly update: ZoneUpdate }

/** Anything that a step does. */
export type Action = LocalAction | UpdateDns

/** What `blkid -p` must say of a formatted device; only what is given is compared. */
export type FilesystemIdentity = {
  readonly type: string
  readonly uuid?: string
  readonly filesystemLabel?: string
}

/** Everything that an installation of one host will do, in order. */
export type Plan<A extends Action = Action> = {
  readonly host: string
  readonly fqdn: string | undefined
  /** The class list the plan was made for, lowest priority first. */
  readonly classes: readonly string[]
  /** Variables exported to scripts; secrets among them are masked when printed. */
  readonly variables: Readonly<Record<string, string>>
  /** FAI's `disk_var.sh`, exported to scripts too; empty without disks. */
  readonly diskVariables: Readonly<Record<string, Text>>
  /** FAI's name of what is done: `install`, `dirinstall`, `softupdate`. Scripts see it as `FAI_ACTION`. */
  readonly faiAction: string
  /** Directory of the config space. Scripts see it as `FAI`. */
  readonly configSpace: string
  /** What `fcopy` takes where a script asks for a path, by path. */
  readonly templates: readonly Template[]
  readonly steps: readonly Step<A>[]
}
