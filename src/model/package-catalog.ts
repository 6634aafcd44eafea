/** Every name that an archive has a package for, provided ones too. */
export type PackageCatalog = ReadonlySet<string>

/**
 * The catalog that `apt-cache dumpavail` prints: names of `Package:`, and those of `Provides:` that come without a
 * version (install-packages.md, "Known names"). Other lines may be missing. Pure.
 */
export const parsePackageCatalog = (text: string): PackageCatalog => {
  const names = new Set<string>()
  for (const [, field, value = ''] of text.matchAll(/^(Package|Provides):[ \t]*(.*)$/gm)) {
    if (field === 'Package') names.add(value.trim())
    else for (const name of value.split(',')) if (!name.includes('(')) names.add(name.trim())
  }
  names.delete('')
  return names
}
