/** Where a Debian base system comes from: what `mmdebstrap` and the target's `apt` are told. */
export type Archive = {
  /** Suite as `mmdebstrap` wants it, for example `bookworm`. */
  readonly suite: string
  /** Lines of `sources.list`, in the order in which the machine has them. */
  readonly sources: readonly string[]
  /** Lines of `apt.conf` that say how to reach them, such as a proxy; used while installing, not left in the target. */
  readonly aptOptions: readonly string[]
}

/** A whole base system that somebody packed before: a file of the config space, or one that must be fetched first. */
export type BaseArchive = {
  readonly class: string
  readonly place:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'url'; readonly url: string }
}
