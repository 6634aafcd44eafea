import { namesDownTo, parentName, toWireName } from '../../model/dns-name.ts'
import { encodeRdata } from '../../wire/dns/rdata.ts'
import type { Answer } from './answer.ts'

/** Asks the same servers for the same type at another owner. */
type AskAt = (owner: string) => Promise<Answer>

const MAX_NAME_OCTETS = 255

/**
 * The answer of a live zone, `none` where it was made from a wildcard (RFC 4592).
 *
 * A name that is not there has nothing of its own below it either, so `*.<owner>` is
 * answered from the same wildcard. Where it is answered otherwise, the name is there.
 * Where it is answered alike, `*.<ancestor>` decides:
 *
 *     *.<owner>   *.<ancestor>   answer
 *     other                      counts
 *     same        other          counts
 *     same        same           none
 */
export const withoutWildcard = async (
  answer: Answer,
  owner: string,
  zone: string,
  ask: AskAt,
): Promise<Answer> => {
  if (answer.kind === 'none' || answer.kind === 'delegated') return answer
  const askAt = async (name: string): Promise<Answer> =>
    toWireName(name).length > MAX_NAME_OCTETS ? { kind: 'none' } : ask(name)
  const below = await askAt(`*.${owner}`)
  // Only the SOA of an empty answer shows that the server holds a zone between ours and the name.
  if (below.kind === 'delegated') return below
  if (!isSame(answer, below)) return answer
  const ancestors = namesDownTo(parentName(owner) ?? '', zone)
  const above = await Promise.all(ancestors.map(ancestor => askAt(ancestor === '' ? '*' : `*.${ancestor}`)))
  return above.some(other => isSame(answer, other)) ? { kind: 'none' } : answer
}

const isSame = (a: Answer, b: Answer): boolean => {
  if (a.kind === 'alias') return b.kind === 'alias' && a.target === b.target
  return a.kind === 'records' && b.kind === 'records' && contentOf(a) === contentOf(b)
}

const contentOf = ({ records }: Extract<Answer, { kind: 'records' }>): string =>
  records
    .map(({ rdata }) => encodeRdata(rdata).toString('hex'))
    .sort()
    .join(' ')
