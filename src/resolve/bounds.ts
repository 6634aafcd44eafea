// Bounds of one class list (contract, section 3.8).

/** Classes of a list, implicit ones not counted. */
export const MAX_CLASSES = 2048

/** Octets of a list with one between two names: FAI exports it as one variable. */
export const MAX_LIST_OCTETS = 120_000

/** Octets of a list with one between two names. Pure. */
export const listOctets = (list: readonly string[]): number =>
  list.reduce((octets, name) => octets + name.length, list.length - 1)

/** Steps from a class that is asked for to the last one that it needs. */
export const MAX_DEPENDENCY_DEPTH = 256

/** Classes that memberships ask for. */
export const MAX_SEEDS = 1024
