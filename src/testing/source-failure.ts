import { SourceError } from '../diagnostic/source-error.ts'

/** The `SourceError` that reading ends with; anything else fails the test. */
export const sourceFailure = async (work: Promise<unknown>): Promise<SourceError> => {
  const error = await work.then(
    () => undefined,
    cause => cause,
  )
  if (error instanceof SourceError) return error
  throw new Error(`no SourceError: ${error}`)
}
