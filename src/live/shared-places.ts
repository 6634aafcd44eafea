import type { Place } from '../model/catalog.ts'
import type { Gathered } from '../source/gather.ts'

/**
 * Leaves of what was read of a host what lists are made from, and makes one place of those that hosts read alike, such as
 * that of their domain: of many hosts the rest is a large part of all memory. For readings of one state of the sources.
 */
export const placeSharing = (): ((records: readonly Gathered[]) => readonly Gathered[]) => {
  const known = new Map<string, Place>()
  const share = (source: string, place: Place): Place => {
    if (place.kind === 'host') return place
    const key = `${source} ${place.kind} ${place.name}`
    const other = known.get(key)
    if (other !== undefined && saysTheSame(place, other)) return other
    known.set(key, place)
    return place
  }
  return records =>
    records.flatMap(({ source, record: { known, places } }) =>
      known || places.length > 0
        ? [{ source, record: { known, places: places.map(place => share(source, place)), addresses: NONE } }]
        : [],
    )
}

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
