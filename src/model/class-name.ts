declare const checked: unique symbol

/** An FAI class name that has been checked (contract, section 1). */
export type ClassName = string & { readonly [checked]: 'ClassName' }

const CLASS_NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/
const ONLY_DIGITS = /^[0-9]+$/
const MAX_OCTETS = 63

/** The text as a class name, or undefined where it is none. Pure: equal names are one string in memory, which makes them quick to compare. */
export const parseClassName = (text: string): ClassName | undefined => {
  const known = checkedNames.get(text)
  if (known !== undefined) return known
  if (!CLASS_NAME.test(text) || ONLY_DIGITS.test(text) || text.length > MAX_OCTETS) return undefined
  if (checkedNames.size >= MOST_KEPT) checkedNames.clear()
  // A copy: a piece of a file would keep the whole file in memory.
  const name = Buffer.from(text, 'latin1').toString('latin1') as ClassName
  checkedNames.set(name, name)
  return name
}

/** Names that were checked already. */
const checkedNames = new Map<string, ClassName>()
const MOST_KEPT = 20_000

const HOST_CLASS = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/

/** The text as the class of a host, which alone may hold dots and 253 octets. Pure. */
export const parseHostClass = (text: string): ClassName | undefined =>
  HOST_CLASS.test(text) && text.length <= 253 ? (text as ClassName) : undefined

/** Always the lowest class. */
export const DEFAULT = 'DEFAULT' as ClassName

/** Always the highest class. */
export const LAST = 'LAST' as ClassName

/** The form in which two spellings of one class are equal. */
export const foldClassName = (name: string): string => {
  const known = folded.get(name)
  if (known !== undefined) return known
  if (folded.size >= MOST_KEPT) folded.clear()
  const lower = name.toLowerCase()
  folded.set(name, lower)
  return lower
}

/** Forms made already: over many hosts the same few names are folded again and again. */
const folded = new Map<string, string>()

/** The words of FAI's variable `classes`: blank separated, without those that begin with `#`. Pure. */
export const parseClassWords = (text: string): readonly string[] =>
  text.split(/\s+/).filter(word => word !== '' && !word.startsWith('#'))
