/** A body that was read. */
export type BodyText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'malformed' }

/** The octets of a body; none where there is none. */
export async function* octetsOf(request: Request): AsyncGenerator<Uint8Array> {
  if (request.body !== null) yield* request.body
}

/** Whether a request says itself that its body is longer. */
export const isTooLarge = (request: Request, mostBytes: number): boolean =>
  Number(request.headers.get('content-length') ?? 0) > mostBytes

/** Reads a body of UTF-8; no more than `mostBytes` of it is kept in memory. */
export const readText = async (request: Request, mostBytes: number): Promise<BodyText> => {
  if (isTooLarge(request, mostBytes)) return { kind: 'too-large' }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of octetsOf(request)) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) return { kind: 'too-large' }
    chunks.push(chunk)
  }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) }
  } catch {
    return { kind: 'malformed' }
  }
}
