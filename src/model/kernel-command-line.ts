/**
 * The parameters `NAME=VALUE` of a kernel command line, the last of each name; other words are left out. Pure. Nothing is
 * evaluated. Quotes are those of the kernel (lib/cmdline.c, next_arg): blanks between double quotes end no word, and quotes
 * around a word or a value are no part of it.
 */
export const parseKernelCommandLine = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const [word] of text.matchAll(/(?:"[^"]*(?:"|$)|[^\s"])+/g)) {
    const bare = word.startsWith('"') ? unquote(word) : word
    const [, name, value = ''] = /^([A-Za-z0-9_.-]+)=(.*)$/s.exec(bare) ?? []
    if (name !== undefined) found.set(name, unquote(value))
  }
  return found
}

const unquote = (text: string): string => text.replace(/^"(.*?)"?$/s, '$1')
