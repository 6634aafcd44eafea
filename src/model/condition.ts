import { type ClassName, parseClassName, parseHostClass } from './class-name.ts'
import type { CountSteps } from './steps.ts'

/** A boolean expression over class names, as in `[WEB && !(TEST || OLD)]`; `choice` (`A ? B : C`) only in FAI's files. */
export type Condition =
  | { readonly kind: 'class'; readonly name: ClassName }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | {
      readonly kind: 'choice'
      readonly when: Condition
      readonly then: Condition
      readonly otherwise: Condition
    }

/** Parsed expression, or why it is none; `offset` counts characters from the start of the text. */
export type ConditionResult =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly reason: 'syntax' | 'too-deep'; readonly offset: number }

/** Deepest nesting of `!` and parentheses (contract, section 3.8). */
const MAX_CONDITION_DEPTH = 64

const TOKEN = /[ \t]*(\|\||&&|!|\(|\)|\?|:|[A-Za-z0-9_][A-Za-z0-9_-]*)/y
/** The same where a name may be that of a host. */
const HOST_TOKEN = /[ \t]*(\|\||&&|!|\(|\)|\?|:|[A-Za-z0-9_][A-Za-z0-9_.-]*)/y

/** What else an expression may hold, and who counts the work. */
export type ConditionOptions = {
  /** `A ? B : C` and classes of hosts with dots, as in the expressions of FAI's own files and commands. */
  readonly choices?: boolean
  /** Deepest nesting, where it is another one. */
  readonly maxDepth?: number
  readonly count?: CountSteps
}

/**
 * Parses the text between the brackets of a condition (grammar: contract, section 2). Pure.
 *
 *     choice = or [ "?" choice ":" choice ]        ; with `choices` only
 *     or  = and *( "||" and )
 *     and = not *( "&&" not )
 *     not = "!" not / "(" choice ")" / class
 */
export const parseCondition = (
  text: string,
  { choices = false, maxDepth = MAX_CONDITION_DEPTH, count }: ConditionOptions = {},
): ConditionResult => {
  const reader = choices
    ? tokenReader(text, HOST_TOKEN, parseHostClass, count)
    : tokenReader(text, TOKEN, parseClassName, count)
  const { take, fail } = reader
  const chain = (
    kind: 'and' | 'or',
    operator: string,
    part: (depth: number) => Condition,
    depth: number,
  ): Condition => {
    const first = part(depth)
    const parts = [first]
    while (take(operator)) parts.push(part(depth))
    return parts.length === 1 ? first : { kind, of: parts }
  }
  const choice = (depth: number): Condition => {
    if (depth > maxDepth) fail('too-deep')
    const when = or(depth)
    if (!choices || !take('?')) return when
    const then = choice(depth + 1)
    return take(':') ? { kind: 'choice', when, then, otherwise: choice(depth + 1) } : fail('syntax')
  }
  const or = (depth: number): Condition => chain('or', '||', and, depth)
  const and = (depth: number): Condition => chain('and', '&&', not, depth)
  const not = (depth: number): Condition => {
    if (depth > maxDepth) fail('too-deep')
    if (take('!')) return { kind: 'not', of: not(depth + 1) }
    if (!take('(')) return { kind: 'class', name: reader.takeName() }
    const inner = choice(depth + 1)
    return take(')') ? inner : fail('syntax')
  }
  try {
    const condition = choice(0)
    reader.takeEnd()
    return { ok: true, condition }
  } catch (fault) {
    if (fault instanceof ConditionFault) return { ok: false, reason: fault.reason, offset: fault.offset }
    throw fault
  }
}

/** Goes through a text token by token; what is not there throws a `ConditionFault`. */
const tokenReader = (
  text: string,
  token: RegExp,
  parseName: (name: string) => ClassName | undefined,
  count: CountSteps | undefined,
) => {
  let offset = 0
  const fail = (reason: 'syntax' | 'too-deep'): never => {
    throw new ConditionFault(reason, offset)
  }
  const peek = (): { token: string; end: number } | undefined => {
    token.lastIndex = offset
    const match = token.exec(text)
    count?.(match?.[0].length ?? text.length - offset)
    return match ? { token: match[1] as string, end: token.lastIndex } : undefined
  }
  return {
    fail,
    take: (wanted: string): boolean => {
      const next = peek()
      if (next?.token !== wanted) return false
      offset = next.end
      return true
    },
    takeName: (): ClassName => {
      const next = peek()
      const name = next && parseName(next.token)
      if (next === undefined || name === undefined) return fail('syntax')
      offset = next.end
      return name
    },
    takeEnd: (): void => {
      count?.(text.length - offset)
      if (!/^[ \t]*$/.test(text.slice(offset))) fail('syntax')
    },
  }
}

class ConditionFault extends Error {
  readonly reason: 'syntax' | 'too-deep'
  readonly offset: number
  constructor(reason: 'syntax' | 'too-deep', offset: number) {
    super(reason)
    this.reason = reason
    this.offset = offset
  }
}

/** Whether the condition is true where exactly the classes that `has` knows are present. Pure. */
export const isConditionTrue = (condition: Condition, has: (name: ClassName) => boolean): boolean => {
  switch (condition.kind) {
    case 'class':
      return has(condition.name)
    case 'not':
      return !isConditionTrue(condition.of, has)
    case 'and':
      return condition.of.every(part => isConditionTrue(part, has))
    case 'or':
      return condition.of.some(part => isConditionTrue(part, has))
    case 'choice':
      return isConditionTrue(isConditionTrue(condition.when, has) ? condition.then : condition.otherwise, has)
  }
}

/** Every class that the condition names, in the order written. */
export const classesOfCondition = (condition: Condition): readonly ClassName[] => {
  switch (condition.kind) {
    case 'class':
      return [condition.name]
    case 'not':
      return classesOfCondition(condition.of)
    case 'and':
    case 'or':
      return condition.of.flatMap(classesOfCondition)
    case 'choice':
      return [condition.when, condition.then, condition.otherwise].flatMap(classesOfCondition)
  }
}
