import { type Diagnostic, errorAt, type Origin } from '../diagnostic/diagnostic.ts'
import type { ClassName } from '../model/class-name.ts'
import type { Closure } from './closure.ts'
import type { Because } from './reasons.ts'

/** Whether any class present says that it excludes another one present. Pure. */
export const hasConflicts = ({ links }: Closure): boolean => {
  for (const { conflicts } of links.values()) if (conflicts.some(({ to }) => links.has(to))) return true
  return false
}

/** The error `class-conflict` for each pair of classes present that one of them says exclude each other, with both chains. Pure. */
export const findConflicts = ({ links }: Closure, because: readonly Because[]): readonly Diagnostic[] => {
  const reasons = new Map(because.map(entry => [entry.class, entry]))
  const reported = new Set<string>()
  return [...links.values()].flatMap(({ conflicts }) =>
    conflicts.flatMap(({ from, to, origin }) => {
      const pair = [from, to].sort().join(' ')
      if (!links.has(to) || reported.has(pair)) return []
      reported.add(pair)
      const [one, other] = [chainTo(from, reasons), chainTo(to, reasons)]
      const message = `${from} (${one.text}) conflicts with ${to} (${other.text})`
      return [errorAt('class-conflict', message, origin, withoutRepeats([...one.origins, ...other.origins]))]
    }),
  )
}

/** A string that asks for both sides stands in both chains. */
const withoutRepeats = (origins: readonly Origin[]): readonly Origin[] => [
  ...new Map(origins.map(origin => [JSON.stringify(origin), origin])).values(),
]

type Chain = { readonly text: string; readonly origins: readonly Origin[] }

/** How a class came in: along its deciding reasons back to what was asked for. */
const chainTo = (name: ClassName, reasons: ReadonlyMap<ClassName, Because>): Chain => {
  const names: ClassName[] = [name]
  const origins: Origin[] = []
  for (let at = name; ; ) {
    const reason = reasons.get(at)?.by[0]
    if (reason === undefined) break
    origins.unshift(reason.origin)
    if (reason.kind !== 'requires' || names.includes(reason.class)) break
    at = reason.class
    names.unshift(at)
  }
  return { text: names.length === 1 ? 'asked for itself' : names.join(' requires '), origins }
}
