import type { Origin } from '../../diagnostic/diagnostic.ts'
import { foldDnsName, isAtOrBelow } from '../../model/dns-name.ts'
import type { Rdata } from '../../wire/dns/rdata.ts'

/**
 * What a zone says to one question. An answer made from a wildcard is `none`
 * (contract, section 2.1), whichever way the zone is read.
 */
export type Answer =
  | { readonly kind: 'records'; readonly records: readonly AnswerRecord[] }
  | { readonly kind: 'alias'; readonly target: string; readonly origin: Origin }
  | { readonly kind: 'none' }
  /** The name is in a zone of its own, which starts at `cut`. */
  | { readonly kind: 'delegated'; readonly cut: string }

/** One record of an answer, and where it is edited. */
export type AnswerRecord = { readonly rdata: Rdata; readonly origin: Origin }

/** Types that sources ask for. */
export type AskedType = 'A' | 'AAAA' | 'TXT' | 'PTR'

/** Types that servers are asked for. */
export type QueryType = AskedType | 'SOA'

/**
 * One zone that questions can be put to, live or from a file. All DNS sources of
 * a configuration know each other's readers, so that a CNAME can be followed.
 */
export type ZoneReader = {
  /** Folded. */
  readonly zone: string
  /** `owner` must be at or below the zone. Rejects with a `SourceError` where it cannot be read. */
  ask(owner: string, type: AskedType, signal: AbortSignal): Promise<Answer>
}

/** The reader of the most specific zone that holds the name, `own` among equals; undefined where there is none. */
export const readerFor = (
  owner: string,
  own: ZoneReader,
  readers: readonly ZoneReader[],
): ZoneReader | undefined => {
  if (readers.every(reader => reader === own) && isAtOrBelow(owner, own.zone)) return own
  const holding = [own, ...readers].filter(({ zone }) => isAtOrBelow(foldDnsName(owner), zone))
  return holding.reduce<ZoneReader | undefined>(
    (best, reader) => (best === undefined || reader.zone.length > best.zone.length ? reader : best),
    undefined,
  )
}
