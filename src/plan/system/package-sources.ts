import { isNameChecked } from '../../language/package-type.ts'
import { shellWord } from '../../model/shell-word.ts'
import { inRoot } from './package-command.ts'
import type { PackageGroup } from './packages.ts'

/** Where FAI has apt put source packages, below the root of the target. */
const PLACE = '/var/lib/fai/packages'

/**
 * The calls that download the sources of packages and move them to a directory of this machine (install-packages.md, "Options",
 * `-s`), two for each group of an apt family. Pure.
 */
export const sourceCommands = (
  groups: readonly PackageGroup[],
  { root, directory }: { readonly root: string | undefined; readonly directory: string },
): readonly (readonly string[])[] =>
  groups.flatMap(({ type, packages }) => {
    const names = packages.map(({ word }) => word).filter(word => !word.endsWith('-'))
    if (!isNameChecked(type) || names.length === 0) return []
    const fetch = `mkdir -p ${PLACE} && cd ${PLACE} && apt-get --download-only source ${names.map(shellWord).join(' ')}`
    const [from, to] = [shellWord(`${root ?? ''}${PLACE}`), shellWord(directory)]
    return [inRoot(root, ['sh', '-c', fetch]), ['sh', '-c', `mkdir -p ${to} && mv ${from}/* ${to}`]]
  })
