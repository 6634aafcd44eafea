import { SourceError } from '../../diagnostic/source-error.ts'
import { type Dn, foldAttribute, parseDn } from './dn.ts'
import { type Entry, toValue, type Value } from './entry.ts'

/** An attribute as a server sent it: text, or octets that may be some. */
export type ServedAttribute = readonly [description: string, values: readonly (string | Uint8Array)[]]

/** An entry as a server sent it; throws a `SourceError` where it is none, or part of one. `parents` as in `parseDn`. */
export const toEntry = (
  text: string,
  attributes: Iterable<ServedAttribute>,
  server: string,
  parents?: Map<string, Dn>,
): Entry => {
  const fail = (message: string): SourceError => new SourceError(message, { kind: 'server', server })
  const dn = parseDn(text, parents)
  if (!dn.ok) throw fail(`answered with ${JSON.stringify(text)}, which is not a DN`)
  const found = new Map<string, readonly Value[]>()
  for (const [description, values] of attributes) {
    // Some servers send long lists in parts; the first part alone is no answer.
    if (/;range=/i.test(description)) throw fail(`answered with a part of ${description} of "${text}"`)
    const attribute = foldAttribute(description)
    const decoded = values.map(value => (typeof value === 'string' ? { text: value } : toValue(value)))
    if (decoded.length > 0) found.set(attribute, [...(found.get(attribute) ?? []), ...decoded])
  }
  return { dn: dn.dn, attributes: found, origin: { kind: 'entry', dn: dn.dn.text } }
}

/** A reference instead of an entry means that part of the answer is elsewhere: half an answer is no answer. */
export const partElsewhere = (urls: readonly string[], server: string): SourceError =>
  new SourceError(`part of the answer is at ${urls.join(', ')}, which is not followed`, {
    kind: 'server',
    server,
  })
