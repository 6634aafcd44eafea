import { isDeepStrictEqual } from 'node:util'
import type { Place } from '../model/catalog.ts'
import type { Gathered } from '../source/gather.ts'

/**
 * Leaves of what was read of a host what lists are made from, and makes one place of those that hosts read alike, such as
 * that of their domain, and of one that says what it said `before`: of many hosts the rest is a large part of all memory.
 * For readings of one state of the sources.
 */
export const placeSharing = (): ((
  records: readonly Gathered[],
  before: readonly Gathered[],
) => readonly Gathered[]) => {
  const known = new Map<string, Place>()
  const share = (source: string, place: Place, before: readonly Gathered[]): Place => {
    if (place.kind === 'host') return ownPlace(source, place, before)
    const key = `${source} ${place.kind} ${place.name}`
    const other = known.get(key)
    if (other !== undefined && saysTheSame(place, other)) return other
    known.set(key, place)
    return place
  }
  return (records, before) =>
    records
      .filter(({ record: { known, places } }) => known || places.length > 0)
      .map(({ source, record: { known, places } }) => ({
        source,
        record: { known, places: places.map(place => share(source, place, before)), addresses: NONE },
      }))
}

/** The place of a host as it was read before, where it stands there as it is now. */
const ownPlace = (source: string, place: Place, before: readonly Gathered[]): Place => {
  const places = before.find(each => each.source === source)?.record.places
  const other = places?.find(({ kind, name }) => kind === 'host' && name === place.name)
  if (other !== undefined && isDeepStrictEqual(other, place)) return other
  const memberships = place.memberships.map(each => ({ ...each, tokens: withoutRoom(each.tokens) }))
  return { ...place, memberships }
}

/** The same array without the room that one has which grew, for 16 more. */
export const withoutRoom = <T>(values: readonly T[]): readonly T[] => values.slice()

/** Of two places of one name in one state, which stand where they stand. */
const saysTheSame = (one: Place, other: Place): boolean =>
  one.memberships.length === other.memberships.length &&
  one.variables.length === other.variables.length &&
  one.memberships.every((membership, index) => {
    const { weight, rest } = other.memberships[index] ?? {}
    return membership.weight === weight && membership.rest === rest
  }) &&
  one.variables.every((variable, index) => {
    const { name, value } = other.variables[index] ?? {}
    return variable.name === name && variable.value === value
  })

const NONE: readonly never[] = []
