/** Bytes from outside are not what their format says; `offset` is the octet where that shows. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(`${message} at octet ${offset}`)
    this.offset = offset
  }
}
