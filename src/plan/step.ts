import type { Origin } from '../diagnostic/diagnostic.ts'

/** FAI's tasks, in the order in which FAI runs them, and ours at the end. */
export const TASKS = [
  'partition',
  'mountdisks',
  'extrbase',
  'debconf',
  'repository',
  'updatebase',
  'instsoft',
  'configure',
  'finish',
  'savelog',
  'register',
] as const

export type Task = (typeof TASKS)[number]

/**
 * One thing the installer will do. A plan is data: it can be printed, stored,
 * compared and reviewed, and nothing in it has happened yet.
 */
export type Step = {
  /** Stable and unique in its plan, for example `format.root`. */
  readonly id: string
  readonly task: Task
  /** One line for people, lower case: what is done to what. */
  readonly title: string
  /** The class, record or file that asked for it, where there is one. */
  readonly because: readonly Because[]
  /** Data that was there before is gone afterwards. */
  readonly destroys: boolean
  readonly action: Action
}

/** Why a step is there: the class that asked for it, and the place in the config space that says so. */
export type Because = { readonly class?: string; readonly origin: Origin }

/**
 * A word of an argv. Devices of an image and the mounted target have no name
 * before the plan is applied, so they are words of their own:
 * `device` is a partition of the image (`p1`), `target` a path below the target root.
 */
export type Word = string | { readonly device: string } | { readonly target: string }

/** What a step does; `apply/` has one function for each kind and decides nothing itself. */
export type Action =
  /** A program on the build machine, or with `inTarget` below the target's root; no shell, stdin closed unless given. */
  | {
      readonly kind: 'run'
      readonly argv: readonly Word[]
      readonly inTarget?: boolean
      readonly stdin?: string
      readonly env?: Readonly<Record<string, string>>
      readonly timeoutSeconds?: number
    }
  /** A new sparse file; refuses one that is there unless `replace`. */
  | { readonly kind: 'create-image'; readonly path: string; readonly sizeBytes: number; readonly replace: boolean }
  /** Makes one extent of an image a block device; the words `{ device }` of later steps name it. */
  | {
      readonly kind: 'attach'
      readonly device: string
      readonly image: string
      readonly startByte: number
      readonly sizeBytes: number
    }
  | { readonly kind: 'mount'; readonly device: string; readonly at: string; readonly filesystem: string; readonly options: readonly string[] }
  /** `proc`, `sys`, `dev` and `pts` of the build machine below the target, until `unmount-all`. */
  | { readonly kind: 'mount-kernel-filesystems' }
  | { readonly kind: 'unmount-all' }
  | { readonly kind: 'make-directory'; readonly path: Word; readonly mode: number }
  | { readonly kind: 'write-file'; readonly path: Word; readonly content: string; readonly mode: number }
  /** A file of the config space into the target: FAI's `fcopy`. Owner and group are names of the target. */
  | {
      readonly kind: 'copy-file'
      readonly from: string
      readonly to: string
      readonly owner: string
      readonly group: string
      readonly mode: number
    }
  /** A script of the config space with FAI's variables in its environment; its exit code goes to `status.log`. */
  | { readonly kind: 'run-script'; readonly path: string; readonly name: string; readonly timeoutSeconds: number }
  /** One RFC 2136 message. */
  | { readonly kind: 'update-dns'; readonly zone: string; readonly update: unknown }

export type Plan = {
  readonly host: string
  readonly fqdn: string | undefined
  /** The class list the plan was made for, lowest priority first. */
  readonly classes: readonly string[]
  /** Variables exported to scripts; secrets among them are masked when printed. */
  readonly variables: Readonly<Record<string, string>>
  readonly steps: readonly Step[]
}
