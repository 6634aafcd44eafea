/** Where a Debian base system comes from: what `mmdebstrap` and the target's `apt` are told. */
export type Archive = {
  /** Suite as `mmdebstrap` wants it, for example `bookworm`. */
  readonly suite: string
  /** Lines of `sources.list`, in the order in which the machine has them. */
  readonly sources: readonly string[]
  /** Lines of `apt.conf` that say how to reach them, such as a proxy; used while installing, not left in the target. */
  readonly aptOptions: readonly string[]
}

/** Endings of the archives of a class, in the order in which FAI looks for them (fai-semantics.md, section 3.2). */
export const ARCHIVE_SUFFIXES = ['tgz', 'tar', 'tar.gz', 'tar.bz2', 'tar.xz', 'txz', 'tar.zst', 'tzst']

/** A whole base system that somebody packed before: a file of the config space, or one that must be fetched first. */
export type BaseArchive = {
  readonly class: string
  readonly place:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'url'; readonly url: string }
}
