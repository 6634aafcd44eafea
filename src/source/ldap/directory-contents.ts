import { type Dn, parseDn } from './dn.ts'
import type { Entry, Value } from './entry.ts'

/** Entries of a server as plain data: each DN as the server wrote it, and the values by folded attribute name. */
export type DirectoryContents = readonly (readonly [
  dn: string,
  attributes: readonly (readonly [attribute: string, values: readonly Value[]])[],
])[]

/** Of entries that came from a server. Pure. */
export const toDirectoryContents = (entries: readonly Entry[]): DirectoryContents =>
  entries.map(({ dn, attributes }) => [dn.text, [...attributes]])

/** The entries again, as the server gave them. Pure; throws where it was given no contents. */
export const fromDirectoryContents = (contents: DirectoryContents): readonly Entry[] => {
  const parents = new Map<string, Dn>()
  return contents.map(([text, attributes]): Entry => {
    const parsed = parseDn(text, parents)
    if (!parsed.ok) throw new Error(`"${text}" is not a DN`)
    const { dn } = parsed
    return { dn, attributes: new Map(attributes), origin: { kind: 'entry', dn: dn.text } }
  })
}
