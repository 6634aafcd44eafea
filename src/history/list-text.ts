import { type ClassName, parseClassName, parseHostClass } from '../model/class-name.ts'

/** Stands for the class that is the short or the full name of the host; neither can be in a class name. */
const SHORT = '.'
const FULL = '..'

/** A list as the history keeps it: joined by blanks, and alike for all hosts that differ in their name alone. Pure. */
export const encodeList = (classes: readonly ClassName[], host: string): string => {
  const short = shortOf(host)
  return classes.map(name => (name === short ? SHORT : name === host ? FULL : name)).join(' ')
}

/** The list that `encodeList` made the text from; undefined where it is none. Pure. */
export const decodeList = (text: string, host: string): readonly ClassName[] | undefined => {
  const words = text === '' ? [] : text.split(' ')
  const classes = words.map(word => {
    if (word === SHORT) return parseHostClass(shortOf(host))
    return word === FULL ? parseHostClass(host) : (parseClassName(word) ?? parseHostClass(word))
  })
  return classes.every((name): name is ClassName => name !== undefined) ? classes : undefined
}

/** Classes of one text and not of the other, without that of the host itself. Pure. */
export const changedClasses = (before: string, after: string): readonly string[] => {
  const [had, has] = [new Set(before.split(' ')), new Set(after.split(' '))]
  const changed = [...had].filter(word => !has.has(word)).concat([...has].filter(word => !had.has(word)))
  return changed.filter(word => word !== '' && word !== SHORT && word !== FULL)
}

/** The first part of a name. Pure. */
export const shortOf = (host: string): string => host.split('.', 1)[0] ?? host
