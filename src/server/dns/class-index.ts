import { type Diagnostic, warningAt } from '../../diagnostic/diagnostic.ts'
import { type ClassName, foldClassName } from '../../model/class-name.ts'
import { type ClassSet, changeMembers, classSet, octetsOfSet, recordsOfSet } from './class-set.ts'
import { toWireLabels } from './wire-labels.ts'
import { ownerOf, roomForAnswer, type ZoneApex, type ZoneRecord } from './zone-record.ts'
import type { ZoneNode, ZoneTree } from './zone-tree.ts'

/** The records that one swap takes out and puts in. */
export type RecordChange = { readonly deleted: readonly ZoneRecord[]; readonly added: readonly ZoneRecord[] }

/** Which hosts have which class, by what is published of them, and the PTR records that say so. */
export type ClassIndex = {
  /** Takes down that a host has other classes from now on. */
  readonly move: (node: ZoneNode, before: readonly ClassName[], after: readonly ClassName[]) => void
  /** Carries out all that was taken down since the last call. */
  readonly settle: () => RecordChange
  /** Of classes that have no records, because they would fit no message. */
  readonly findings: () => Iterable<Diagnostic>
}

type Movements = { readonly come: ZoneNode[]; readonly gone: ZoneNode[] }

/** An index without classes, whose records will stand in the tree. */
export const classIndex = (apex: ZoneApex, tree: ZoneTree): ClassIndex => {
  const sets = new Map<string, ClassSet>()
  const tooLarge = new Map<string, Diagnostic>()
  let moving = new Map<string, Movements>()

  const movementsOf = (name: ClassName): Movements => {
    const key = foldClassName(name)
    if (!sets.has(key)) sets.set(key, classSet(toWireLabels(`${name}._class`)))
    const known = moving.get(key) ?? { come: [], gone: [] }
    moving.set(key, known)
    return known
  }
  const settleSet = (key: string, set: ClassSet, { come, gone }: Movements): RecordChange => {
    const node = tree.nodeAt(set.labels)
    const before = set.members
    const wasPublished = node.pointers !== undefined
    changeMembers(set, { come, gone })
    const fits = octetsOfSet(set, apex) <= roomForAnswer(apex, set.labels)
    const isPublished = fits && set.members.length > 0
    tree.change(node, () => {
      node.pointers = isPublished ? set : undefined
    })
    if (fits) tooLarge.delete(key)
    else tooLarge.set(key, classTooLarge(apex, set))
    if (set.members.length === 0) sets.delete(key)
    return {
      deleted: wasPublished ? recordsOfSet(set, isPublished ? gone : before) : [],
      added: isPublished ? recordsOfSet(set, wasPublished ? come : set.members) : [],
    }
  }
  return {
    move: (node, before, after) => {
      for (const name of namesNotIn(after, before)) movementsOf(name).gone.push(node)
      for (const name of namesNotIn(before, after)) movementsOf(name).come.push(node)
    },
    settle: () => {
      const changes = [...moving].map(([key, moves]) => settleSet(key, sets.get(key) as ClassSet, moves))
      moving = new Map()
      return {
        deleted: changes.flatMap(({ deleted }) => deleted),
        added: changes.flatMap(({ added }) => added),
      }
    },
    findings: () => tooLarge.values(),
  }
}

/** Those of `names` that are not in `others`, ignoring case. */
const namesNotIn = (others: readonly ClassName[], names: readonly ClassName[]): readonly ClassName[] => {
  const known = new Set(others.map(foldClassName))
  return names.filter(name => !known.has(foldClassName(name)))
}

const classTooLarge = (apex: ZoneApex, { labels, members }: ClassSet): Diagnostic => {
  const owner = ownerOf(apex, labels)
  const message = `the PTR records of the ${members.length} hosts at "${owner}" fit no message: they are left out`
  return warningAt('class-too-large', message, { kind: 'record', zone: apex.name, owner, type: 'PTR' })
}
