import { isConditionTrue, parseCondition } from '../model/condition.ts'

/** No script of a site nests as deep; a text that does is no expression. */
const MAX_DEPTH = 1000

/**
 * Whether an expression over classes holds (fai-semantics.md, section 1.12); undefined where it is none. A class that is
 * not in the list is false, `TRUE` and `FALSE` are what they say. Pure.
 */
export const parseClassExpression = (text: string, classes: readonly string[]): boolean | undefined => {
  const parsed = parseCondition(text.replace(/\s/g, ' '), { choices: true, maxDepth: MAX_DEPTH })
  return parsed.ok
    ? isConditionTrue(
        parsed.condition,
        name => name === 'TRUE' || (name !== 'FALSE' && classes.includes(name)),
      )
    : undefined
}
