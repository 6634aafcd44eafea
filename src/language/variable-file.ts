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
/** Wherever it stands: also `+=`, an element of an array, and `${NAME:=word}`. */
const ASSIGNED = /(?:^|[\s;&|({"'])([A-Za-z_]\w*)(?:\[[^\]]*\])?:?\+?=/g
/** A word that a command may take for the name of a variable: no value, path or option. */
const WORD = /(?<![\w$/.-]|\$\{)[A-Za-z_]\w*/g

/** What a shell does not look into for words of its own: texts, escaped characters, comments. */
const QUOTED = /\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|(?<!\S)#[^\n]*/g
/** A line as a shell takes it: quotes, `\`, `&&`, `||` and `|` carry it over the end of a line of the file. */
const COMMAND = new RegExp(`(?:${QUOTED.source}|(?:&&|\\|)\\s*(?:#[^\\n]*\\s*)*|[^\\n])+`, 'g')

const OPENS = /(?<![^\s;&|(!])(?:if|case|for|while|until|select)(?![^\s;])|(?<![^\s;&|()])\{(?!\S)/g
const CLOSES = /(?:^|;)\s*(?:fi|esac|done|\})(?![^\s;&|)<>])/gm
/** Here-documents, commands that read other files or end this one early: what they leave of it only a shell can tell. */
const OPAQUE =
  /(?<!<)<<(?!<)|(?<![^\s;&|({])(?:(?:source|eval|return|exit|exec)(?![^\s;&|)])|\.(?=\s+[\w$/.']))/

/** Reads a file of variables command by command, without a shell; what is not sure to be a setting is none. Pure. */
export const parseVariableFile = (text: string): VariableFile => {
  const found = new Map<string, { value: string; line: number }>()
  const computed = new Map<string, number>()
  const code: number[] = []
  const words = new Set<string>()
  let depth = 0
  let isOpaque = false
  for (const { content, line } of commandsOf(text)) {
    const simple = depth === 0 ? readSimple(content) : undefined
    if (simple !== undefined) {
      if (found.has(simple.name)) computed.set(simple.name, line)
      found.set(simple.name, { value: simple.value, line })
      continue
    }
    const bare = content.replace(QUOTED, "''")
    depth = Math.max(0, depth + count(bare, OPENS) - count(bare, CLOSES))
    isOpaque ||= OPAQUE.test(bare) || count(bare, /\(/g) > count(bare, /\)/g)
    for (const [word] of bare.matchAll(WORD)) words.add(word)
    const names = [...content.matchAll(ASSIGNED)].flatMap(([, name]) => name ?? [])
    for (const name of names) computed.set(name, line)
    if (names.length === 0) code.push(line)
  }
  for (const [name, { line }] of found) {
    if ((isOpaque || words.has(name)) && !computed.has(name)) computed.set(name, line)
  }
  const settings = [...found]
    .filter(([name]) => !computed.has(name))
    .map(([name, rest]) => ({ name, ...rest }))
  return { settings, computed: [...computed].map(([name, line]) => ({ name, line })), code }
}

const commandsOf = (text: string): readonly { readonly content: string; readonly line: number }[] =>
  [...text.matchAll(COMMAND)]
    .map(({ 0: content, index }) => ({
      content: content.trim(),
      line: text.slice(0, index).split('\n').length,
    }))
    .filter(({ content }) => content !== '' && !content.startsWith('#'))

const readSimple = (content: string): { name: string; value: string } | undefined => {
  const [, name, single, double, plain = ''] = SIMPLE.exec(content) ?? []
  return name === undefined ? undefined : { name, value: single ?? double ?? plain }
}

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length
