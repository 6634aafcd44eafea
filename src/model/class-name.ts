declare const checked: unique symbol

/** An FAI class name that has been checked (contract, section 1). */
export type ClassName = string & { readonly [checked]: 'ClassName' }

const CLASS_NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/
const ONLY_DIGITS = /^[0-9]+$/
const MAX_OCTETS = 63

/** The text as a class name, or undefined where it is none. Pure. */
export const parseClassName = (text: string): ClassName | undefined =>
  CLASS_NAME.test(text) && !ONLY_DIGITS.test(text) && text.length <= MAX_OCTETS
    ? (text as ClassName)
    : undefined

const HOST_CLASS = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/

/** The text as the class of a host, which alone may hold dots and 253 octets. Pure. */
export const parseHostClass = (text: string): ClassName | undefined =>
  HOST_CLASS.test(text) && text.length <= 253 ? (text as ClassName) : undefined

/** Always the lowest class. */
export const DEFAULT = 'DEFAULT' as ClassName

/** Always the highest class. */
export const LAST = 'LAST' as ClassName

/** The form in which two spellings of one class are equal. */
export const foldClassName = (name: string): string => name.toLowerCase()
