import { type Diagnostic, errorAt, type Origin } from '../../diagnostic/diagnostic.ts'
import { foldDnsName, toWireName } from '../../model/dns-name.ts'
import { type AnswerRecord, type AskedType, readerFor, type ZoneReader } from './answer.ts'

/** The end of a chain of CNAMEs. `owner` is the canonical name, the name asked for where it is no alias. */
export type Followed = {
  readonly owner: string
  readonly isAlias: boolean
  readonly records: readonly AnswerRecord[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Longest chain of CNAMEs (contract, section 2.1). */
export const MAX_ALIASES = 8
const MAX_NAME_OCTETS = 255

/**
 * Asks a question and follows CNAMEs inside the configured zones. A loop, more than
 * 8 of them, a target in no configured zone is the error `alias-broken`, a name below
 * a zone cut the error `zone-delegated`.
 */
export const askFollowing = async (
  own: ZoneReader,
  readers: readonly ZoneReader[],
  asked: string,
  type: AskedType,
  signal: AbortSignal,
): Promise<Followed> => {
  const links: Origin[] = []
  const passed = new Set<string>()
  let owner = asked
  const end = (records: readonly AnswerRecord[], diagnostics: readonly Diagnostic[] = []): Followed => ({
    owner,
    isAlias: links.length > 0,
    records,
    diagnostics,
  })
  for (;;) {
    const reader = readerFor(owner, own, readers)
    const [first = recordOf(own.zone, asked, type), ...rest] = links
    if (passed.has(owner))
      return end([], [errorAt('alias-broken', `${asked} is an alias that loops`, first, rest)])
    if (links.length > MAX_ALIASES) {
      return end(
        [],
        [errorAt('alias-broken', `${asked} leads over more than ${MAX_ALIASES} aliases`, first, rest)],
      )
    }
    if (reader === undefined) {
      const message = `${asked} is an alias of ${owner}, which is in no configured zone`
      return end([], [errorAt('alias-broken', message, first, rest)])
    }
    passed.add(owner)
    if (isTooLong(owner)) return end([])
    const answer = await reader.ask(owner, type, signal)
    switch (answer.kind) {
      case 'records':
        return end(answer.records)
      case 'none':
        return end([])
      case 'delegated': {
        const message = `${owner} is in the zone ${answer.cut}, which ${reader.zone} delegates; add it to the sources`
        return end([], [errorAt('zone-delegated', message, recordOf(reader.zone, answer.cut, 'NS'))])
      }
      case 'alias':
        links.push(answer.origin)
        owner = foldDnsName(answer.target)
    }
  }
}

/** The text of a name is at most two octets shorter than its wire form. */
const isTooLong = (owner: string): boolean =>
  owner.length > MAX_NAME_OCTETS - 2 && toWireName(owner).length > MAX_NAME_OCTETS

const recordOf = (zone: string, owner: string, type: string): Origin => ({
  kind: 'record',
  zone,
  owner,
  type,
})
