/** The owners in the first column of lines for debconf-set-selections(1), each once, sorted. Comments name none. Pure. */
export const ownersOf = (data: string): readonly string[] => {
  const owners = data.split('\n').flatMap(line => /^\s*([^\s#]\S*)/.exec(line)?.[1] ?? [])
  return [...new Set(owners)].sort()
}

/** The lines of the second dump that the first one lacks, in their order. Pure. */
export const changedLines = (before: string, after: string): string => {
  const left = new Map<string, number>()
  for (const line of before.split('\n')) left.set(line, (left.get(line) ?? 0) + 1)
  const changed = after.split('\n').filter(line => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0 && line !== ''
  })
  return changed.map(line => `${line}\n`).join('')
}

/** The lines in the order of their bytes, as `sort` puts them under `LC_ALL=C`. Pure. */
export const sortLines = (text: string): string =>
  text
    .split('\n')
    .filter(line => line !== '')
    .sort()
    .map(line => `${line}\n`)
    .join('')
