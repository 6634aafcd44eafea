import fc from 'fast-check'

/** Only what is needed of a tap test. */
type Passing = { pass(message: string): unknown }

/**
 * Checks a fast-check property inside a tap test, as one assertion; a counterexample is thrown and fails the
 * test. With `fc.assert` alone tap would see a test without an assertion, which counts as empty.
 */
export const holds = <Values>(
  t: Passing,
  property: fc.IRawProperty<Values>,
  parameters?: fc.Parameters<Values>,
): void => {
  fc.assert(property, parameters)
  t.pass('the property holds')
}
