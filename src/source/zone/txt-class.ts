import { type Diagnostic, errorAt, type Origin } from '../../diagnostic/diagnostic.ts'
import type { ClassDefinition } from '../../model/catalog.ts'
import { type Membership, parseMembership, quote } from '../../model/grammar.ts'
import { orderMemberships } from '../../model/place.ts'
import type { CountSteps } from '../../model/steps.ts'
import { parseVariable, type VariableSetting } from '../../model/variable.ts'
import { splitKey, type Text, variableText } from './txt.ts'
import { checkSize } from './txt-place.ts'

/**
 * Parses the texts at `<CLASS>._class.<zone>` (contract, section 2.1): `requires=`,
 * `after=`, `conflicts=`, `var.NAME=`, `description=`; any other is the error
 * `unknown-key`. Faults are kept in the definition. Pure.
 */
export const parseClassTexts = (
  name: string,
  origin: Origin,
  texts: readonly Text[],
  count?: CountSteps,
): ClassDefinition => {
  const diagnostics: Diagnostic[] = [...checkSize(`the definition of ${name}`, texts)]
  const strings = { requires: [] as Membership[], after: [] as Membership[], conflicts: [] as Membership[] }
  const variables: VariableSetting[] = []
  const descriptions: string[] = []
  for (const { text, origin: place } of texts) {
    const setting = variableText(text)
    const { key, value } = splitKey(text) ?? { key: undefined, value: '' }
    if (setting !== undefined) {
      const parsed = parseVariable(setting, place, count)
      if (parsed.value !== undefined) variables.push(parsed.value)
      diagnostics.push(...parsed.diagnostics)
    } else if (key === 'requires' || key === 'after' || key === 'conflicts') {
      const parsed = parseMembership(key, value, place, count)
      if (parsed.value !== undefined) strings[key].push(parsed.value)
      diagnostics.push(...parsed.diagnostics)
    } else if (key === 'description') {
      descriptions.push(value)
    } else {
      diagnostics.push(errorAt('unknown-key', `${quote(text)} has none of the keys ${KEYS}`, place))
    }
  }
  const ordered = [strings.requires, strings.after, strings.conflicts].map(orderMemberships)
  const [requires = [], after = [], conflicts = []] = ordered.map(({ value }) => value ?? [])
  for (const outcome of ordered) diagnostics.push(...outcome.diagnostics)
  const [description] = descriptions
  return {
    name,
    requires,
    after,
    conflicts,
    variables,
    ...(description === undefined ? {} : { description }),
    origin,
    diagnostics,
  }
}

const KEYS = 'requires=, after=, conflicts=, var.NAME=, description='
