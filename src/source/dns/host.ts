import { type Diagnostic, errorAt, hasErrors, type Outcome, warningAt } from '../../diagnostic/diagnostic.ts'
import type { HostName, HostRecord, Place } from '../../model/catalog.ts'
import type { ClassName } from '../../model/class-name.ts'
import { isAtOrBelow, namesDownTo, parentName } from '../../model/dns-name.ts'
import { readTexts, type Text } from '../zone/txt.ts'
import {
  bareClasses,
  isKnownIn,
  membershipTexts,
  parsePlace,
  readsOwnName,
  type TxtStyle,
} from '../zone/txt-place.ts'
import { type AnswerRecord, type AskedType, readerFor, type ZoneReader } from './answer.ts'
import { askFollowing, type Followed } from './follow.ts'

/** What the questions of a host need: the source's own zone, the other zones, and which styles are read. */
export type ZoneView = {
  readonly own: ZoneReader
  /** Readers of every DNS source of the configuration, for CNAMEs into another zone. */
  readonly readers: readonly ZoneReader[]
  readonly styles: readonly TxtStyle[]
  /** Folded names of those classes that are known; asked for the style `bare` only. */
  readonly knownClasses: (names: readonly ClassName[], signal: AbortSignal) => Promise<ReadonlySet<string>>
}

/** A host as its zone shows it. */
export type HostFound = {
  /** Canonical; differs from the name asked for where that is an alias. */
  readonly fqdn: string
  /** Undefined where the canonical name is outside the zone. */
  readonly record: HostRecord | undefined
  /** Addresses in their single form. */
  readonly addresses: readonly string[]
  /** About the name itself: delegation, aliases. */
  readonly nameDiagnostics: readonly Diagnostic[]
  /** About what its places say. */
  readonly placeDiagnostics: readonly Diagnostic[]
}

/** Whether a name is this source's to answer: in its zone, and in no more specific one of the configuration. */
export const isOwnName = ({ own, readers }: ZoneView, name: string): boolean =>
  isAtOrBelow(name, own.zone) && readerFor(name, own, readers)?.zone === own.zone

/**
 * Asks everything that concerns one host of the zone (contract, section 2.1), all
 * questions at once, and once more where the name proves to be an alias.
 */
export const askHost = async (view: ZoneView, fqdn: string, signal: AbortSignal): Promise<HostFound> => {
  const ask = (owner: string, type: AskedType): Promise<Followed> =>
    askFollowing(view.own, view.readers, owner, type, signal)
  const { styles, own } = view
  const domains = namesDownTo(parentName(fqdn) ?? '', own.zone)
  const nothing: Followed = { owner: fqdn, isAlias: false, records: [], diagnostics: [] }
  const [ipv4, ipv6, plain, underscored, ...defaults] = await Promise.all([
    ask(fqdn, 'A'),
    ask(fqdn, 'AAAA'),
    readsOwnName(styles) ? ask(fqdn, 'TXT') : nothing,
    styles.includes('underscore') ? ask(`_fai.${fqdn}`, 'TXT') : nothing,
    ...domains.map(domain => ask(`_default._fai.${domain}`, 'TXT')),
  ])
  if (hasErrors(ipv4.diagnostics)) return notFound(fqdn, ipv4.diagnostics)
  if (ipv4.isAlias) return askCanonical(view, fqdn, ipv4.owner, underscored.records, signal)

  const hostTexts = [...readTexts(underscored.records), ...(await plainTexts(view, plain.records, signal))]
  const host = parsePlace('host', fqdn, hostTexts)
  const parsed = [
    ...domains.map((domain, i) =>
      parsePlace('domain', `_default._fai.${domain}`, readTexts(defaults[i]?.records ?? [])),
    ),
    host,
  ]
  const addresses = [...ipv4.records, ...ipv6.records].flatMap(({ rdata }) =>
    rdata.kind === 'address' ? [rdata.address] : [],
  )
  const places = parsed.flatMap(({ value, diagnostics }) =>
    value === undefined || (isEmptyPlace(value) && diagnostics.length === 0) ? [] : [value],
  )
  return {
    fqdn,
    record: {
      known: host.hasMembership || addresses.length > 0,
      places,
      addresses: [],
      zoneAddresses: addresses,
    },
    addresses,
    nameDiagnostics: [],
    placeDiagnostics: [
      ...[ipv6, plain, underscored, ...defaults].flatMap(({ diagnostics }) => diagnostics),
      ...parsed.flatMap(({ diagnostics }) => diagnostics),
    ],
  }
}

/**
 * What a zone says of a host, as a source says it; undefined for a host that is not the zone's to
 * answer. `ofZone` is what is wrong with the zone as a whole, said of each host in it.
 */
export const readZoneHost = async (
  view: ZoneView,
  { fqdn }: Pick<HostName, 'fqdn'>,
  signal: AbortSignal,
  ofZone: readonly Diagnostic[] = [],
): Promise<Outcome<HostRecord | undefined>> => {
  if (fqdn === undefined || !isOwnName(view, fqdn)) return { value: undefined, diagnostics: [] }
  const { record, nameDiagnostics, placeDiagnostics } = await askHost(view, fqdn, signal)
  return { value: record, diagnostics: [...ofZone, ...nameDiagnostics, ...placeDiagnostics] }
}

const isEmptyPlace = ({ memberships, variables }: Place): boolean =>
  memberships.length === 0 && variables.length === 0

const notFound = (fqdn: string, nameDiagnostics: readonly Diagnostic[]): HostFound => ({
  fqdn,
  record: undefined,
  addresses: [],
  nameDiagnostics,
  placeDiagnostics: [],
})

/** A host that is an alias is looked up as its canonical name; what stands at the alias does not count. */
const askCanonical = async (
  view: ZoneView,
  alias: string,
  canonical: string,
  atAlias: readonly AnswerRecord[],
  signal: AbortSignal,
): Promise<HostFound> => {
  const warnings = aliasMembership(alias, canonical, atAlias)
  if (!isOwnName(view, canonical)) return notFound(canonical, warnings)
  const found = await askHost(view, canonical, signal)
  return { ...found, nameDiagnostics: [...warnings, ...found.nameDiagnostics] }
}

/** The warning `alias-membership` where records hold one; it names each of them. Pure. */
export const aliasMembership = (
  alias: string,
  canonical: string,
  [first, ...rest]: readonly AnswerRecord[],
): readonly Diagnostic[] => {
  if (first === undefined) return []
  const message = `${alias} is an alias of ${canonical}, so a membership at ${alias} does not count`
  const related = rest.map(({ origin }) => origin)
  return [warningAt('alias-membership', message, first.origin, related)]
}

const plainTexts = async (
  { styles, knownClasses }: ZoneView,
  records: readonly AnswerRecord[],
  signal: AbortSignal,
): Promise<readonly Text[]> => {
  const texts = readTexts(records)
  const asked = styles.includes('bare') ? texts.flatMap(bareClasses) : []
  const known = asked.length > 0 ? await knownClasses(asked, signal) : new Set<string>()
  return membershipTexts(texts, styles, isKnownIn(known))
}

/** The error `name-invalid` of a PTR record whose target is no host name. */
export const badTarget = (target: string, { origin }: AnswerRecord): Diagnostic =>
  errorAt('name-invalid', `"${target}" is not a host name`, origin)
