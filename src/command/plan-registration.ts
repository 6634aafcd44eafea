import type { RegisterConfig } from '../config/schema.ts'
import type { Outcome } from '../diagnostic/diagnostic.ts'
import type { Step } from '../plan/step.ts'
import type { LookupAnswer } from './look-up.ts'

/** Steps of the DNS update; none where the configuration has no `register`. */
export const planRegistration = (
  config: RegisterConfig | undefined,
  _answer: LookupAnswer,
  _addresses: readonly string[],
): Outcome<readonly Step[]> => {
  if (config !== undefined) throw new Error('registration is written next')
  return { value: [], diagnostics: [] }
}
