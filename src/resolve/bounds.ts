/** Bounds of one class list (contract, section 3.8). */
export const MAX_CLASSES = 2048
export const MAX_LIST_OCTETS = 120_000
export const MAX_DEPENDENCY_DEPTH = 256
export const MAX_SEEDS = 1024
