import { formatOrigin } from '../diagnostic/format.ts'
import { nearestName } from '../model/nearest.ts'
import type { NamedPackage } from '../plan/step.ts'
import { CommandError } from './apply-error.ts'
import type { Handler } from './context.ts'

/** Names that the target's apt has no package for; ends the run before anything is installed. */
export class UnknownPackagesError extends Error {
  override readonly name = 'UnknownPackagesError'
}

/**
 * Asks the target's apt for all its names, and for those that are none of them whether another package provides
 * them. Rejects with one line for each unknown name, at the place that asks for it.
 */
export const checkPackages: Handler<'check-packages'> = async ({ packages }, context) => {
  const ask = async (...args: readonly string[]): Promise<string> => {
    const argv = ['chroot', context.target, 'apt-cache', ...args]
    const result = await context.run({ argv }, context.signal)
    if (result.exitCode !== 0 || result.timedOut) throw new CommandError(argv.join(' '), result)
    return result.stdout
  }
  const known = new Set((await ask('pkgnames')).split('\n'))
  const absent = packages.filter(({ name }) => !known.has(name))
  const unknown: NamedPackage[] = []
  for (const each of absent) {
    if (!isProvided(await ask('showpkg', each.name))) unknown.push(each)
  }
  if (unknown.length > 0) throw new UnknownPackagesError(formatUnknown(unknown, known))
}

/** Whether the output of `apt-cache showpkg` names a provider. */
export const isProvided = (text: string): boolean => /^Reverse Provides:[^\S\n]*\n\S/m.test(text)

/** One line for each unknown name, with the known one that is spelled most like it. */
export const formatUnknown = (unknown: readonly NamedPackage[], known: Iterable<string>): string => {
  const names = [...known]
  const lines = unknown.map(({ name, origin }) => {
    const nearest = nearestName(name, names)
    const hint = nearest === undefined ? '' : ` (did you mean "${nearest}"?)`
    return `${formatOrigin(origin)}: package "${name}" is in none of the archives${hint}`
  })
  return lines.join('\n')
}
