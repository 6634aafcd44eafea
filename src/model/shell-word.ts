/** A text that any POSIX shell reads back unchanged, in single quotes. Pure. */
export const quoteShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** `NAME='value'` for each variable. Pure. */
export const shellAssignments = (variables: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${quoteShell(value)}`)
