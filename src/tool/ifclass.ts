import { parseClassExpression } from './class-expression.ts'
import { isSet, type Tool, ToolError, wordsOf } from './tool.ts'

const USAGE = `Usage: ifclass CLASS | EXPRESSION | -o CLASS... | -a CLASS...
Ends with 0 where the class is defined, the expression (&& || ! ( ) ?:) holds, one (-o) or all (-a) are defined; else with 1.`

const NO_EXPRESSION = 255

/** `ifclass`: whether classes are defined (fai-semantics.md, section 1.12), as `$classes` lists them. */
export const ifclass: Tool = async ([first, ...rest], { env, print, complain }) => {
  if (first === undefined || first === '-h') {
    print(USAGE)
    return 0
  }
  if (env['classes'] === undefined) complain('ifclass: the variable classes is not set, no class is defined')
  const classes = wordsOf(env['classes'])
  const holds = (name: string): boolean => classes.includes(name)
  const value =
    first === '-o'
      ? rest.some(holds)
      : first === '-a'
        ? rest.every(holds)
        : readExpression(first, rest, classes)
  if (isSet(env['debug'])) complain(`ifclass: ${[first, ...rest].join(' ')} is ${value}`)
  return value ? 0 : 1
}

const readExpression = (text: string, rest: readonly string[], classes: readonly string[]): boolean => {
  const value = rest.length > 0 ? undefined : parseClassExpression(text, classes)
  if (value === undefined)
    throw new ToolError(`"${[text, ...rest].join(' ')}" is no expression over classes`, NO_EXPRESSION)
  return value
}
