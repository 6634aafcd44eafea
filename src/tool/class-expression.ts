const TOKEN = /\s*(\|\||&&|[!()?:]|[A-Za-z0-9_.-]+)/y

/**
 * Whether an expression over classes holds (fai-semantics.md, section 1.12); undefined where it is none. A class that is
 * not in the list is false, `TRUE` and `FALSE` are what they say. Pure.
 *
 *     choice = or [ "?" choice ":" choice ]
 *     or     = and *( "||" and )
 *     and    = not *( "&&" not )
 *     not    = "!" not / "(" choice ")" / class
 */
export const parseClassExpression = (text: string, classes: readonly string[]): boolean | undefined => {
  const tokens = tokensOf(text)
  if (tokens === undefined) return undefined
  let at = 0
  let isWrong = false
  const take = (wanted: string): boolean => {
    if (tokens[at] !== wanted) return false
    at++
    return true
  }
  const wrong = (): boolean => {
    isWrong = true
    return false
  }
  const choice = (): boolean => {
    const condition = or()
    if (!take('?')) return condition
    const then = choice()
    if (!take(':')) return wrong()
    const otherwise = choice()
    return condition ? then : otherwise
  }
  // Both sides are read in any case: an expression is right or wrong whatever holds.
  const or = (): boolean => {
    const parts = [and()]
    while (take('||')) parts.push(and())
    return parts.includes(true)
  }
  const and = (): boolean => {
    const parts = [not()]
    while (take('&&')) parts.push(not())
    return !parts.includes(false)
  }
  const not = (): boolean => {
    if (take('!')) return !not()
    if (take('(')) {
      const inner = choice()
      return take(')') ? inner : wrong()
    }
    const name = tokens[at++]
    if (name === undefined || !/^[\w.-]+$/.test(name)) return wrong()
    return name === 'TRUE' || (name !== 'FALSE' && classes.includes(name))
  }
  const value = choice()
  return isWrong || at < tokens.length ? undefined : value
}

const tokensOf = (text: string): readonly string[] | undefined => {
  const tokens: string[] = []
  for (let end = 0; text.slice(end).trim() !== ''; ) {
    TOKEN.lastIndex = end
    const match = TOKEN.exec(text)
    if (match === null) return undefined
    tokens.push(match[1] as string)
    end = TOKEN.lastIndex
  }
  return tokens
}
