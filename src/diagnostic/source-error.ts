import { type Code, type Diagnostic, errorAt, type Origin } from './diagnostic.ts'

/**
 * The world failed: a server cannot be asked, a file cannot be read. Ends the
 * command with exit code 3. `rejected` says that the other side refused our
 * credentials, which no older answer may hide (contract, section 3.7). `code` is what is
 * printed for it. `source` names the source where an answer of another may need it: an alias
 * leads from one zone into the next.
 */
export class SourceError extends Error {
  override readonly name = 'SourceError'
  readonly origin: Origin
  readonly rejected: boolean
  readonly code: Code
  readonly source: string | undefined

  constructor(
    message: string,
    origin: Origin,
    options: { cause?: unknown; rejected?: boolean; code?: Code; source?: string } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.origin = origin
    this.rejected = options.rejected ?? false
    this.code = options.code ?? (this.rejected ? 'source-rejected' : 'source-unreachable')
    this.source = options.source
  }
}

/** A source that could not be read, as the diagnostic that is printed for it. */
export const toDiagnostic = (error: SourceError): Diagnostic => {
  const why = error.cause instanceof Error ? error.cause.message : ''
  const [reason = ''] = why.split(':', 1)
  // Some messages name the reason, such as ENOENT, themselves.
  const isSaid = why === '' || error.message.includes(reason)
  return errorAt(error.code, isSaid ? error.message : `${error.message}: ${why}`, error.origin)
}
