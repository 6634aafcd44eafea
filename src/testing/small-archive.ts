import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/** A package for a test: nothing but its control fields. */
export type SmallPackage = {
  readonly name: string
  readonly version: string
  /** Further fields, such as `Recommends: gamma`. */
  readonly fields?: readonly string[]
}

/** Builds a package file `NAME_VERSION_all.deb` in a directory and gives its path; needs dpkg-deb. */
export const buildPackage = async (directory: string, wanted: SmallPackage): Promise<string> => {
  const { name, version } = wanted
  const tree = join(directory, `${name}.tree`)
  await mkdir(join(tree, 'DEBIAN'), { recursive: true, mode: 0o755 })
  await writeFile(join(tree, 'DEBIAN/control'), controlOf(wanted))
  const path = join(directory, `${name}_${version}_all.deb`)
  await runProgram('dpkg-deb', ['--build', '--root-owner-group', '-Znone', tree, path])
  await rm(tree, { recursive: true })
  return path
}

/** Makes a directory an archive of these packages that apt reads as `deb [trusted=yes] file:DIRECTORY ./`. */
export const makeArchive = async (directory: string, packages: readonly SmallPackage[]): Promise<void> => {
  await mkdir(directory, { recursive: true })
  const stanzas: string[] = []
  for (const each of packages) {
    const content = await readFile(await buildPackage(directory, each))
    const hash = createHash('sha256').update(content).digest('hex')
    const place = `Filename: ./${each.name}_${each.version}_all.deb\nSize: ${content.length}\nSHA256: ${hash}\n`
    stanzas.push(controlOf(each) + place)
  }
  await writeFile(join(directory, 'Packages'), stanzas.join('\n'))
}

const controlOf = ({ name, version, fields = [] }: SmallPackage): string =>
  [
    ...[`Package: ${name}`, `Version: ${version}`, 'Architecture: all'],
    ...['Maintainer: Nobody <nobody@example.test>', ...fields, 'Description: for a test', ''],
  ].join('\n')
