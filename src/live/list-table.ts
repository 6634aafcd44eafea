import type { Outcome } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import type { ClassListOf, ClassLists, FaultChange, ListChange } from '../model/class-lists.ts'
import { type ClassName, foldClassName } from '../model/class-name.ts'
import { compareText, nameOf } from '../source/order.ts'
import { type NumberIndex, numberIndex } from './number-index.ts'
import { type NumberedRows, numberedRows } from './numbered-rows.ts'
import type { HostRecords } from './resolve-one.ts'
import { withoutRoom } from './shared-places.ts'

/** What was read of a host, and by which keys. */
export type HostReading = HostRecords & { readonly keys: readonly number[] }

/** A host that was resolved. */
export type FreshList = {
  readonly reading: HostReading
  /** Undefined where no source knows the host, though one lists it. */
  readonly resolved: Outcome<readonly ClassName[]> | undefined
}

/** The lists in force, with what each was made from. */
export type ListTable = {
  readonly lists: Pick<ClassLists, 'all' | 'find' | 'hostCount' | 'faultyCount' | 'hostsOf'>
  /** What was read of every host. */
  readonly readings: () => readonly HostReading[]
  /** What was read of this one, by its `nameOf`. */
  readonly readingOf: (name: string) => HostReading | undefined
  /** Of those that were read by one of these keys. */
  readonly touchedBy: (keys: Iterable<number>) => readonly HostReading[]
  /** Of those whose list holds a class, by its folded name, or against whose list something stands: any class may be why. */
  readonly touchedByClasses: (folded: Iterable<string>) => readonly HostReading[]
  /** Takes what was read of a host, and its list for the next swap. */
  readonly put: (fresh: FreshList) => void
  /** Puts all lists that were put into force at once, without the hosts that are gone, and gives what differs from before. */
  readonly swap: (gone: readonly HostName[], nowMs: number) => Swapped
}

/** Lists that differ, and hosts that got errors, or got rid of them. */
export type Swapped = { readonly changes: readonly ListChange[]; readonly faults: readonly FaultChange[] }

type Row = { reading: HostReading; list: ClassListOf | undefined }

/** A list that is not in force yet, and the folded names of the classes that the one in force has and it has not. */
type Staged = {
  readonly number: number
  readonly row: Row
  readonly list: ClassListOf | undefined
  readonly lost: readonly string[]
}

/** Without a host. */
export const listTable = (): ListTable => {
  const rows = numberedRows<Row>()
  const byKey = numberIndex<number>()
  /** By folded names, as definitions are found; those of lists that are not in force yet are there before them. */
  const byClass = numberIndex<string>()
  const faulty = new Set<number>()
  let staged: Staged[] = []
  let hostCount = 0

  const setReading = (number: number, row: Row, reading: HostReading): void => {
    if (row.reading === reading) return
    const { keys } = row.reading
    row.reading = isEqual(keys, reading.keys) ? { ...reading, keys } : reading
    moveNumber(byKey, number, keys, row.reading.keys)
  }
  const setList = ({ number, row, list, lost }: Staged, nowMs: number): ListChange | undefined => {
    const before = row.list?.classes
    const after = list?.classes
    hostCount += Number(list !== undefined) - Number(row.list !== undefined)
    const isOld = row.list !== undefined && before === after
    row.list = list === undefined || isOld ? list : { ...list, sinceMs: nowMs }
    if (list !== undefined && list.faults.length > 0) faulty.add(number)
    else faulty.delete(number)
    for (const name of lost) byClass.remove(name, number)
    const { host } = row.reading
    return before === after ? undefined : { host, name: nameOf(host), before, after }
  }
  const remove = (host: HostName, nowMs: number): ListChange | undefined => {
    const found = rows.remove(nameOf(host))
    if (found === undefined) return undefined
    const [number, row] = found
    setReading(number, row, { ...row.reading, keys: [] })
    return setList(stage(byClass, number, row, undefined), nowMs)
  }
  return {
    lists: { ...listsIn(rows, byClass), hostCount: () => hostCount, faultyCount: () => faulty.size },
    readings: () => rows.all().map(({ reading }) => reading),
    readingOf: name => rows.find(name)?.reading,
    touchedBy: keys => rows.at(byKey.numbersOf(keys)).map(({ reading }) => reading),
    touchedByClasses: classes =>
      rows.at(new Set([...byClass.numbersOf(classes), ...faulty])).map(({ reading }) => reading),
    put: ({ reading, resolved }) => {
      const unread = { reading: { ...reading, keys: [] }, list: undefined }
      const [number, row] = rows.findOrAdd(nameOf(reading.host), unread)
      setReading(number, row, reading)
      const list = resolved && nextList(row.list, reading.host, resolved)
      if (list !== row.list) staged.push(stage(byClass, number, row, list))
    },
    swap: (gone, nowMs) => {
      const swapped = staged
      staged = []
      const faults = swapped.flatMap(one => faultChange(one) ?? [])
      const removed = gone.flatMap(host => remove(host, nowMs) ?? [])
      const changes = [...removed, ...swapped.flatMap(one => setList(one, nowMs) ?? [])]
      return { changes, faults }
    },
  }
}

/** Keys that stay the same array are not looked at. */
const moveNumber = (
  byKey: NumberIndex<number>,
  number: number,
  from: readonly number[],
  to: readonly number[],
): void => {
  if (from === to) return
  for (const key of from) byKey.remove(key, number)
  for (const key of to) byKey.add(key, number)
}

/** Whoever reads by class looks at the lists in force, so that the new classes can be known before the swap, which is one turn. */
const stage = (
  byClass: NumberIndex<string>,
  number: number,
  row: Row,
  list: ClassListOf | undefined,
): Staged => {
  const [before = [], after = []] = [row.list?.classes, list?.classes]
  for (const name of foldedWithout(after, before)) byClass.add(name, number)
  return { number, row, list, lost: foldedWithout(before, after) }
}

/** Folded names of a list that no name of the other one has. */
const foldedWithout = (list: readonly ClassName[], other: readonly ClassName[]): readonly string[] => {
  const names = new Set(other)
  const rest = list.filter(name => !names.has(name))
  if (rest.length === 0) return rest
  const folded = new Set(other.map(foldClassName))
  return rest.map(foldClassName).filter(name => !folded.has(name))
}

const listsIn = (
  rows: NumberedRows<Row>,
  byClass: NumberIndex<string>,
): Pick<ClassLists, 'all' | 'find' | 'hostsOf'> => ({
  all: () => rows.all().flatMap(({ list }) => list ?? []),
  find: name => rows.find(name)?.list,
  hostsOf: name => {
    const lists = rows.at(byClass.numbersOf([foldClassName(name)])).flatMap(({ list }) => list ?? [])
    const holding = lists.filter(({ classes }) => classes?.includes(name))
    return holding.map(list => list.name).sort(compareText)
  },
})

/** Errors keep the last whole list; a list that is the same as before stays the one it is, with its age. Pure. */
const nextList = (
  before: ClassListOf | undefined,
  host: HostName,
  { value, diagnostics }: Outcome<readonly ClassName[]>,
): ClassListOf => {
  const faults = diagnostics.filter(({ severity }) => severity === 'error')
  const isSame = before !== undefined && (value === undefined || isEqual(before.classes, value))
  if (isSame && faults.length + before.faults.length === 0) return before
  return {
    host,
    name: nameOf(host),
    classes: isSame ? before.classes : value && withoutRoom(value),
    sinceMs: before?.sinceMs ?? 0,
    faults: faults.length === 0 ? NONE : faults,
  }
}

/** Before the list is in force. An error whose place moved is no other one, and a host that is gone is not whole. Pure. */
const faultChange = ({ row, list }: Staged): FaultChange | undefined => {
  if (list === undefined) return undefined
  const before = row.list?.faults ?? NONE
  const fault = list.faults.find(
    ({ code, message }) => !before.some(old => old.code === code && old.message === message),
  )
  const isMended = before.length > 0 && list.faults.length === 0
  return fault !== undefined || isMended ? { name: list.name, fault } : undefined
}

const NONE: readonly never[] = []

const isEqual = <T>(one: readonly T[] | undefined, other: readonly T[]): boolean =>
  one?.length === other.length && other.every((each, index) => each === one[index])
