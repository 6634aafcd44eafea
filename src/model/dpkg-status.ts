/** Versions of installed packages by `NAME:ARCHITECTURE`. */
export type InstalledPackages = ReadonlyMap<string, string>

/** What dpkg's file `status` says is installed, or was when it was left half done. Pure. */
export const parseDpkgStatus = (text: string): InstalledPackages => {
  const installed = new Map<string, string>()
  for (const stanza of text.split('\n\n')) {
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? ''
    const state = field('Status').split(' ')[2] ?? ''
    if (state === '' || state === 'not-installed' || state === 'config-files') continue
    installed.set(`${field('Package')}:${field('Architecture')}`, field('Version'))
  }
  return installed
}

/** A package whose version changed: no `from` where it is new, no `to` where it is gone. */
export type PackageChange = { readonly package: string; readonly from?: string; readonly to?: string }

/** What changed between two looks at the same system, by name. Pure. */
export const compareInstalled = (
  before: InstalledPackages,
  after: InstalledPackages,
): readonly PackageChange[] =>
  [...new Set([...before.keys(), ...after.keys()])].sort().flatMap(name => {
    const [from, to] = [before.get(name), after.get(name)]
    if (from === to) return []
    return [{ package: name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }]
  })
