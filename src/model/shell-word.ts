/** A text that any POSIX shell reads back unchanged, in single quotes. Pure. */
export const quoteShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A text as a person would type it: in quotes only where a shell would read it otherwise. Pure. */
export const shellWord = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./{}-]+$/.test(text) ? text : quoteShell(text)

/** `NAME='value'` for each variable. Pure. */
export const shellAssignments = (variables: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(variables).map(([name, value]) => `${name}=${quoteShell(value)}`)
