/** What stands on a command line: letters that are set, values by letter (the last wins), the words after them. */
export type Options = {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, string>
  readonly words: readonly string[]
  /** Letters that the tool does not know, or that lack their value. */
  readonly wrong: readonly string[]
}

/**
 * Reads options as getopts(1) of the shell and Perl's Getopt::Std do: letters may be joined (`-Biv`), a value follows its
 * letter at once or as the next word (`-cA`, `-c A`), `--` or the first other word ends them. In `spec` a colon follows
 * each letter that has a value. Pure.
 */
export const parseOptions = (spec: string, args: readonly string[]): Options => {
  const flags = new Set<string>()
  const values = new Map<string, string>()
  const wrong: string[] = []
  const words = [...args]
  while (words[0] !== undefined && /^-./s.test(words[0])) {
    const cluster = words.shift() as string
    if (cluster === '--') break
    for (let index = 1; index < cluster.length; index++) {
      const letter = cluster.charAt(index)
      const place = letter === ':' ? -1 : spec.indexOf(letter)
      if (place < 0) wrong.push(letter)
      else if (spec[place + 1] !== ':') flags.add(letter)
      else {
        const value = index + 1 < cluster.length ? cluster.slice(index + 1) : words.shift()
        if (value === undefined) wrong.push(letter)
        else values.set(letter, value)
        break
      }
    }
  }
  return { flags, values, words, wrong }
}
