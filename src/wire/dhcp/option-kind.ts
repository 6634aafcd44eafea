/**
 * How the value of an option stands in its octets. `decode` goes over them once and throws `WireError`; `offset`
 * is where they stand in the message. `encode` takes only what `decode` may return.
 */
export type OptionKind<T> = {
  readonly decode: (octets: Buffer, offset: number) => T
  readonly encode: (value: T) => Buffer
}
