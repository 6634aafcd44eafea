import type { ClassName } from '../../model/class-name.ts'

/** What a machine boots that is not left to its disk; `serve.boot` of the configuration. Names are below the root of HTTP and TFTP. */
export type BootConfig = BootImage & {
  /** `FAI_FLAGS`. */
  readonly flags: readonly string[]
  /** What a class has otherwise. */
  readonly byClass: Readonly<Record<string, BootImageChange>>
  /** `FAI_CONFIG_SRC`. */
  readonly configSpace?: string | undefined
  /** What a machine boots whose installation failed. */
  readonly afterFailure: 'local' | 'rescue'
}

/** What a class has otherwise. */
export type BootImageChange = { readonly [K in keyof BootImage]?: BootImage[K] | undefined }

/** A kernel with its initrd and its command line. */
export type BootImage = {
  readonly kernel: string
  readonly initrd: string
  readonly cmdline: string
}

/** The image of a class list, lowest priority first: for each key the highest class that says something decides. Pure. */
export const imageFor = (
  { kernel, initrd, cmdline, byClass }: BootConfig,
  classes: readonly ClassName[],
): BootImage => Object.assign({ kernel, initrd, cmdline }, ...classes.map(name => ownOf(byClass, name)))

/** A key that is there and undefined would hide what a lower class says. */
const ownOf = (byClass: BootConfig['byClass'], name: ClassName): Partial<BootImage> => {
  const entry = Object.hasOwn(byClass, name) ? byClass[name] : undefined
  return Object.fromEntries(Object.entries(entry ?? {}).filter(([, value]) => value !== undefined))
}
