/** A `class/CLASS.var`: assignments that mean the same wherever they are read, and what is code. */
export type VariableFile = {
  readonly settings: readonly { readonly name: string; readonly value: string; readonly line: number }[]
  /** Names that commands, or more than one assignment, may set: what they will be only a shell can tell. */
  readonly computed: readonly { readonly name: string; readonly line: number }[]
  /** Lines that do something else than set variables. */
  readonly code: readonly number[]
}

/** `NAME=word`, `NAME='text'` or `NAME="text"` without anything that a shell puts in, perhaps a comment behind. */
const SIMPLE =
  /^(?:export\s+)?([A-Za-z_]\w*)=(?:'([^']*)'|"([^"$`\\]*)"|([^\s'"$`\\;&|<>()*?[\]{}#~!]*))\s*(?:;\s*)?(?:#.*)?$/
const ASSIGNED = /(?:^|[\s;&|({])([A-Za-z_]\w*)\+?=/g
const OPENS = /^(?:if|case|for|while|until|select|\{|\(|[\w-]+\s*\(\))(?=\s|$|\()/
const CLOSES = /^(?:fi|esac|done|\}|\))(?=\s|;|$)|[;\s](?:fi|esac|done|\})\s*$/

/** Reads a file of variables line by line, without a shell. Pure. */
export const parseVariableFile = (text: string): VariableFile => {
  const found = new Map<string, { value: string; line: number }>()
  const computed = new Map<string, number>()
  const code: number[] = []
  let depth = 0
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1
    const content = raw.trim()
    if (content === '' || content.startsWith('#')) continue
    if (OPENS.test(content)) depth += 1
    const simple = depth === 0 ? SIMPLE.exec(content) : null
    if (CLOSES.test(content) && depth > 0) depth -= 1
    const name = simple?.[1]
    if (simple !== null && name !== undefined) {
      if (found.has(name)) computed.set(name, line)
      found.set(name, { value: simple[2] ?? simple[3] ?? simple[4] ?? '', line })
      continue
    }
    const names = [...content.matchAll(ASSIGNED)].flatMap(([, each]) => each ?? [])
    for (const each of names) computed.set(each, line)
    if (names.length === 0) code.push(line)
  }
  const settings = [...found]
    .filter(([name]) => !computed.has(name))
    .map(([name, rest]) => ({ name, ...rest }))
  return { settings, computed: [...computed].map(([name, line]) => ({ name, line })), code }
}
