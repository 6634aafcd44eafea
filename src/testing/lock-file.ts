/** What we look into of `package-lock.json`. */
export type LockFile = { readonly packages: Readonly<Record<string, LockedPackage>> }

type LockedPackage = {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** A package for some platform that the lock file names and has no entry for. */
export type MissingOptional = {
  readonly name: string
  readonly version: string
  readonly parent: LockedPackage
}

const PLATFORM = /(android|darwin|freebsd|linux|win32)-(arm64|arm|x64|ia32)/

/** Packages that others name as optional and that have no entry. Pure. */
export const missingOptionals = ({ packages }: LockFile): readonly MissingOptional[] =>
  Object.entries(packages).flatMap(([path, parent]) =>
    Object.entries(parent.optionalDependencies ?? {}).flatMap(([name, version]) => {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`]
      return places.some(place => place in packages) ? [] : [{ name, version, parent }]
    }),
  )

/** The lock file with an entry for each of them, in npm's order. What is for another platform is never fetched. Pure. */
export const withOptionals = (lock: LockFile): LockFile => {
  const { '': root = {}, ...packages } = lock.packages
  const added = missingOptionals(lock).map(({ name, version, parent }) => {
    const [, os, cpu] = PLATFORM.exec(name) ?? []
    if (os === undefined || cpu === undefined) throw new Error(`${name} is for no platform that is known`)
    const libc = os === 'linux' ? { libc: [name.includes('musl') ? 'musl' : 'glibc'] } : {}
    const { dev, license } = parent
    const entry = {
      version,
      cpu: [cpu],
      ...(dev ? { dev } : {}),
      ...libc,
      ...(license ? { license } : {}),
      optional: true,
      os: [os],
    }
    return [`node_modules/${name}`, entry] as const
  })
  const sorted = [...Object.entries(packages), ...added].sort(([a], [b]) => (a < b ? -1 : 1))
  return { ...lock, packages: { '': root, ...Object.fromEntries(sorted) } }
}
