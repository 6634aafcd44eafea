import type { Outcome } from '../diagnostic/diagnostic.ts'
import type { HostName } from '../model/catalog.ts'
import type { ClassListOf, ClassLists, ListChange } from '../model/class-lists.ts'
import { type ClassName, foldClassName } from '../model/class-name.ts'
import { compareText, nameOf } from '../source/order.ts'
import { type NumberIndex, numberIndex } from './number-index.ts'
import { type NumberedRows, numberedRows } from './numbered-rows.ts'
import type { HostRecords } from './resolve-one.ts'

/** What was read of a host, and by which keys. */
export type HostReading = HostRecords & { readonly keys: readonly number[] }

/** A host that was resolved anew. */
export type FreshList = {
  readonly reading: HostReading
  /** Undefined where no source knows the host, though one lists it. */
  readonly resolved: Outcome<readonly ClassName[]> | undefined
}

/** The lists in force, with what each was made from. */
export type ListTable = {
  readonly lists: Pick<ClassLists, 'all' | 'find' | 'hostCount' | 'hostsOf'>
  /** What was read of every host. */
  readonly readings: () => readonly HostReading[]
  /** Of those that were read by one of these keys. */
  readonly touchedBy: (keys: Iterable<number>) => readonly HostReading[]
  /** Of those whose list holds a class, by its folded name, or against whose list something stands: any class may be why. */
  readonly touchedByClasses: (folded: Iterable<string>) => readonly HostReading[]
  /** Puts all these into force at once and gives the lists that differ from those before. */
  readonly swap: (
    gone: readonly HostName[],
    fresh: readonly FreshList[],
    nowMs: number,
  ) => readonly ListChange[]
}

type Row = { reading: HostReading; list: ClassListOf | undefined }

/** Without a host. */
export const listTable = (): ListTable => {
  const rows = numberedRows<Row>()
  const byKey = numberIndex<number>()
  /** By folded names, as definitions are found. */
  const byClass = numberIndex<string>()
  const faulty = new Set<number>()
  let hostCount = 0

  const setReading = (number: number, row: Row, reading: HostReading): void => {
    if (row.reading === reading) return
    for (const key of row.reading.keys) byKey.remove(key, number)
    for (const key of reading.keys) byKey.add(key, number)
    row.reading = reading
  }
  const setList = (number: number, row: Row, list: ClassListOf | undefined): ListChange | undefined => {
    const before = row.list?.classes
    const after = list?.classes
    hostCount += Number(list !== undefined) - Number(row.list !== undefined)
    row.list = list
    if (list !== undefined && list.faults.length > 0) faulty.add(number)
    else faulty.delete(number)
    if (before === after) return undefined
    for (const name of before ?? []) byClass.remove(foldClassName(name), number)
    for (const name of after ?? []) byClass.add(foldClassName(name), number)
    return { host: row.reading.host, name: nameOf(row.reading.host), before, after }
  }
  const remove = (host: HostName): ListChange | undefined => {
    const found = rows.remove(nameOf(host))
    if (found === undefined) return undefined
    const [number, row] = found
    setReading(number, row, { ...row.reading, keys: [] })
    return setList(number, row, undefined)
  }
  const put = ({ reading, resolved }: FreshList, nowMs: number): ListChange | undefined => {
    const unread = { reading: { ...reading, keys: [] }, list: undefined }
    const [number, row] = rows.findOrAdd(nameOf(reading.host), unread)
    const list = resolved && nextList(row.list, reading.host, resolved, nowMs)
    setReading(number, row, reading)
    return setList(number, row, list)
  }
  return {
    lists: { ...listsIn(rows, byClass), hostCount: () => hostCount },
    readings: () => rows.all().map(({ reading }) => reading),
    touchedBy: keys => rows.at(byKey.numbersOf(keys)).map(({ reading }) => reading),
    touchedByClasses: classes =>
      rows.at(new Set([...byClass.numbersOf(classes), ...faulty])).map(({ reading }) => reading),
    swap: (gone, fresh, nowMs) => [
      ...gone.flatMap(host => remove(host) ?? []),
      ...fresh.flatMap(one => put(one, nowMs) ?? []),
    ],
  }
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
  nowMs: number,
): ClassListOf => {
  const faults = diagnostics.filter(({ severity }) => severity === 'error')
  const isSame = before !== undefined && (value === undefined || isEqual(before.classes, value))
  if (isSame && faults.length + before.faults.length === 0) return before
  const classes = isSame ? before.classes : value
  return { host, name: nameOf(host), classes, sinceMs: isSame ? before.sinceMs : nowMs, faults }
}

const isEqual = (one: readonly string[] | undefined, other: readonly string[]): boolean =>
  one?.length === other.length && other.every((name, index) => name === one[index])
