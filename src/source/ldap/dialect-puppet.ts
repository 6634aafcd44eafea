import { type Diagnostic, errorAt, type Outcome } from '../../diagnostic/diagnostic.ts'
import type { HostName, HostRecord, Place } from '../../model/catalog.ts'
import { parseClassName } from '../../model/class-name.ts'
import { DEFAULT_WEIGHT, quote } from '../../model/grammar.ts'
import { type Dialect, NO_DEFINITIONS } from './dialect.ts'
import { addressesOf } from './dialect-fai-classes.ts'
import { and, type Directory, equal, MAX_NESTING } from './directory.ts'
import { HOST_ATTRIBUTES, type HostKind, hostFilter, selectHostEntry } from './directory-host.ts'
import type { Read } from './directory-place.ts'
import { foldValue } from './dn-value.ts'
import { type Entry, originOf, textsOf, valuesOf } from './entry.ts'

const HOSTS: HostKind = { classes: new Set(['puppetclient']), others: new Set() }
/** The node of those that have none. */
const FALLBACK = 'default'
const ATTRIBUTES = [...HOST_ATTRIBUTES, 'puppetClass', 'parentNode'] as const

/**
 * What the LDAP node terminus of Puppet reads: the classes of the node's entry and those of its
 * chain of parents. A host without an entry gets those of `cn=default`, which makes no host known.
 */
const readHost = async (
  directory: Directory,
  host: HostName,
  signal: AbortSignal,
): Promise<Outcome<HostRecord>> => {
  const candidates = await directory.find(hostFilter(host, HOSTS), ATTRIBUTES, signal)
  const { value: entry, diagnostics } = selectHostEntry(candidates, host, HOSTS)
  if (diagnostics.length > 0) return { value: undefined, diagnostics }
  const start = entry ?? (await findNode(directory, FALLBACK, signal))[0]
  const chain =
    start === undefined ? { value: [], diagnostics: [] } : await readChain(directory, start, signal)
  const places = [...chain.value].reverse().map(node => placeOf(node === entry ? 'host' : 'path', node))
  return {
    value: {
      known: entry !== undefined && !textsOf(entry, 'cn').includes(FALLBACK),
      places: places.map(({ value }) => value).filter(({ memberships }) => memberships.length > 0),
      addresses: entry === undefined ? [] : addressesOf(entry),
    },
    diagnostics: [...chain.diagnostics, ...places.flatMap(place => place.diagnostics)],
  }
}

/** The node and its parents, itself first. A parent that is not there, or comes twice, is an error. */
const readChain = async (
  directory: Directory,
  start: Entry,
  signal: AbortSignal,
): Promise<Read<readonly Entry[]>> => {
  const chain: Entry[] = [start]
  const fail = (diagnostic: Diagnostic): Read<readonly Entry[]> => ({
    value: chain,
    diagnostics: [diagnostic],
  })
  for (;;) {
    const node = chain.at(-1) as Entry
    const [name, ...others] = textsOf(node, 'parentNode')
    if (name === undefined) return { value: chain, diagnostics: [] }
    const origin = originOf(node, 'parentNode')
    if (others.length > 0) return fail(errorAt('syntax', 'a node has one parentNode at most', origin))
    const [parent, another] = await findNode(directory, name, signal)
    if (parent === undefined) return fail(errorAt('syntax', `there is no node ${quote(name)}`, origin))
    if (another !== undefined) {
      const message = `several entries stand for the node ${quote(name)}`
      return fail(errorAt('host-ambiguous', message, parent.origin, [another.origin]))
    }
    if (chain.some(({ dn }) => dn.normal === parent.dn.normal)) {
      const related = chain.map(link => originOf(link, 'parentNode'))
      return fail(
        errorAt('class-cycle', `the parents of ${chain[0]?.dn.text} go in a circle`, origin, related),
      )
    }
    if (chain.length > MAX_NESTING) {
      const message = `${quote(chain[0]?.dn.text ?? '')} has parents over more than ${MAX_NESTING} levels`
      return fail(errorAt('group-too-deep', message, origin))
    }
    chain.push(parent)
  }
}

const findNode = async (
  directory: Directory,
  name: string,
  signal: AbortSignal,
): Promise<readonly Entry[]> => {
  const filter = and(equal('objectClass', 'puppetClient'), equal('cn', name))
  const found = await directory.find(filter, ATTRIBUTES, signal)
  return found.filter(entry => textsOf(entry, 'cn').some(text => foldValue(text) === foldValue(name)))
}

/** Each value is one class; they have no order among each other, so their bytes give one. */
const placeOf = (kind: Place['kind'], entry: Entry): Read<Place> => {
  const diagnostics: Diagnostic[] = []
  const values = valuesOf(entry, 'puppetClass')
  const tokens = values.flatMap(value => {
    const name = parseClassName(value.text)
    const origin = originOf(entry, 'puppetClass', value)
    if (name === undefined)
      diagnostics.push(errorAt('syntax', `${quote(value.text)} is not a class name`, origin))
    return name === undefined ? [] : [{ name, remove: false }]
  })
  const rest = tokens.map(({ name }) => name).join(' ')
  const origin = originOf(entry, 'puppetClass')
  const memberships = tokens.length === 0 ? [] : [{ weight: DEFAULT_WEIGHT, tokens, rest, origin }]
  return { value: { kind, name: entry.dn.text, memberships, variables: [] }, diagnostics }
}

/** Nodes of Puppet's LDAP schema: `puppetClass`, `parentNode`. */
export const PUPPET: Dialect = {
  hosts: HOSTS,
  mayLeaveUnknown: true,
  wholeClasses: ['puppetClient'],
  wholeAttributes: ATTRIBUTES,
  readHost: (directory, _base, host, signal) => readHost(directory, host, signal),
  ...NO_DEFINITIONS,
}
