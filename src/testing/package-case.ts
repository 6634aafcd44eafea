import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** Cases of FAI's `install_packages`: the files of a config space, and the commands that it made of them. */
const CORPUS = new URL('../../../shared/corpus/package_config/', import.meta.url)

/** Names of the cases of the corpus beside the repository, sorted; none where it is not there. */
export const PACKAGE_CASES: readonly string[] = existsSync(CORPUS)
  ? readdirSync(CORPUS)
      .flatMap(file => /^(.+)\.expected\.json$/.exec(file)?.[1] ?? [])
      .sort()
  : []

/** A case, and what FAI 6.6 did. */
export type PackageCase = {
  readonly args: readonly string[]
  readonly classes: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Text of `package_config/CLASS` by class. */
  readonly files: Readonly<Record<string, string>>
  /** What `apt-cache dumpavail` prints. */
  readonly catalog: string
  readonly expected: {
    readonly commands: readonly string[]
    readonly exit_code: number
    readonly stdout: readonly string[]
    /** What the programs were really called with, where the case was not only printed. */
    readonly really_run?: readonly string[]
    readonly package_list_file?: readonly string[]
  }
}

/** Reads a case; `name` is one of `PACKAGE_CASES`. */
export const readPackageCase = (name: string): PackageCase => {
  const read = (file: string) => readFileSync(new URL(file, CORPUS), 'utf8')
  const { args, classes, env, files, expected } = JSON.parse(read(`${name}.expected.json`))
  return { args, classes, env, files, catalog: read('catalog.txt'), expected: expected.head }
}

/**
 * The same case with every class and every package under another name, in the expectation too. A word that is a variable
 * keeps its name, and the value of one that is a package is renamed.
 */
export const renamePackageCase = (found: PackageCase): PackageCase => {
  const packages = new Set([...found.catalog.matchAll(/^Package: (.+)$/gm)].map(([, name]) => name))
  const list = (text: string) => text.replace(/\S+/g, renamedPackage)
  return {
    ...found,
    classes: found.classes.map(classOf),
    env: Object.fromEntries(
      Object.entries(found.env).map(([name, value]) => [
        name,
        packages.has(value) ? renamedPackage(value) : value,
      ]),
    ),
    files: Object.fromEntries(
      Object.entries(found.files).map(([name, text]) => [
        classOf(name),
        text.replace(/^.*$/gm, line => renameLine(line, list)),
      ]),
    ),
    catalog: found.catalog
      .replace(/^(Package: )(.+)$/gm, (_line, field, name) => field + renamedPackage(name))
      .replace(
        /^(Provides: )(.+)$/gm,
        (_line, field, names) => field + names.replace(/[^ ,()=]{2,}/g, renamedPackage),
      ),
  }
}

/** The other name of a package; of a variable and of a path it is the same. Pure. */
export const renamedPackage = (word: string): string => (/^[$/]/.test(word) ? word : `zz${word}`)

const classOf = (name: string): string => (/^(TRUE|FALSE)$/.test(name) ? name : `Q${name}`)

const renameLine = (line: string, list: (text: string) => string): string => {
  if (/^(#|PRELOAD)/.test(line)) return line
  const [, head, condition] = /^(PACKAGES\s+\S+(?:\s+\S+=\S+)?)(.*)$/.exec(line) ?? []
  if (head === undefined || condition === undefined) return list(line)
  return head + condition.replace(/[A-Za-z0-9_][A-Za-z0-9_-]*/g, classOf)
}
