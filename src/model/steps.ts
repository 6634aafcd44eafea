/**
 * Told how many characters, octets, tokens, labels, records or pointers a parser has just looked at:
 * a loop tells of each turn, an expression or a slice of the length that it went over. Tests
 * hand one in to see that the work is bounded by the input; nobody else counts.
 */
export type CountSteps = (steps: number) => void
