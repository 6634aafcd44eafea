import type { LocalPackage } from '../../model/config-space.ts'
import type { Because, Step } from '../step.ts'
import type { PackageList } from './packages.ts'
import { systemStep } from './system-step.ts'

/** The step of task `instsoft`; none where no class asks for anything. `respectsHolds` is for a system in use. Pure. */
export const planPackages = (
  list: PackageList,
  localPackages: readonly LocalPackage[],
  respectsHolds = false,
): readonly Step[] => {
  const packages = list.groups.flatMap(group => group.packages)
  if (packages.length + list.preloads.length + localPackages.length === 0) return []
  const asked = countOf(packages.length, 'package')
  const local = localPackages.length === 0 ? '' : ` and ${countOf(localPackages.length, 'package file')}`
  const because: readonly Because[] = [
    ...packages,
    ...localPackages.map(({ class: name, path }) => ({
      class: name,
      origin: { kind: 'file', path } as const,
    })),
  ]
  const action = { kind: 'install-packages', list, localPackages, respectsHolds } as const
  const title = `carry out what is asked of ${asked}${local}`
  return [systemStep('instsoft', 'packages', title, action, firstOfClass(because))]
}

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** Each class once, at its first package. */
const firstOfClass = (reasons: readonly Because[]): readonly Because[] => {
  const byClass = new Map<string | undefined, Because>()
  for (const { class: name, origin } of reasons) {
    if (!byClass.has(name)) byClass.set(name, { ...(name === undefined ? {} : { class: name }), origin })
  }
  return [...byClass.values()]
}
