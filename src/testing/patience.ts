/**
 * How long a test waits for what must come, in milliseconds: so long that a machine with much else to do is not too slow, and
 * less than the runner gives any file, so that who waits in vain says for what.
 */
export const PATIENCE_MS = 90_000
