import type { Attempt, Prerequisite, ZoneUpdate } from './update.ts'

/** What is to become of the PTR record of one address. */
export type ReverseChange = {
  readonly kind: 'add' | 'remove'
  readonly address: string
  readonly owner: string
}

/** More owners than these in one zone make a further message: each doubles the number of attempts. */
const MAX_OWNERS = 3

/**
 * A reverse zone. A PTR record that names our host is ours. For each owner, the
 * first row that holds at the server; for several owners, every combination.
 *
 *     wanted   there now         result
 *     add      nothing           added
 *     add      names our host    written anew
 *     add      anything else     refused: the address is somebody else's
 *     remove   names our host    removed
 *     remove   anything else     left alone
 */
export const planReverse = (
  zone: string,
  changes: readonly ReverseChange[],
  fqdn: string,
  ttlSeconds: number,
): readonly ZoneUpdate[] => {
  const updates: ZoneUpdate[] = []
  for (let at = 0; at < changes.length; at += MAX_OWNERS) {
    const group = changes.slice(at, at + MAX_OWNERS)
    const owners = group.filter(({ kind }) => kind === 'add').map(({ owner }) => owner)
    updates.push({
      zone,
      title: group.map(({ kind, address }) => `${kind} the PTR record of ${address}`).join(', '),
      attempts: combine(group.map(change => choices(change, fqdn, ttlSeconds))),
      refusal:
        owners.length === 0
          ? `no PTR record names ${fqdn}`
          : `${owners.join(' or ')} has a PTR record that does not name ${fqdn}; the address is somebody else's`,
      isGate: group.some(({ kind }) => kind === 'remove'),
    })
  }
  return updates
}

const choices = (
  { kind, address, owner }: ReverseChange,
  fqdn: string,
  ttlSeconds: number,
): readonly Attempt[] => {
  const data = { type: 'PTR', text: fqdn } as const
  const isOurs: Prerequisite = { kind: 'rrset-equals', owner, data: [data] }
  const deletion = { kind: 'delete-rrset', owner, type: 'PTR' } as const
  const addition = { kind: 'add', owner, ttlSeconds, data } as const
  const text = `${address} names ${fqdn}`
  if (kind === 'remove') {
    return [
      { text: `${address} names ${fqdn} no more`, prerequisites: [isOurs], changes: [deletion] },
      {
        text: `the PTR record of ${address} does not name ${fqdn} and is left alone`,
        prerequisites: [],
        changes: [],
      },
    ]
  }
  const free: Prerequisite[] = [
    { kind: 'rrset-absent', owner, type: 'PTR' },
    { kind: 'rrset-absent', owner, type: 'CNAME' },
  ]
  return [
    { text, prerequisites: free, changes: [addition] },
    { text: `${text}, as before`, prerequisites: [isOurs], changes: [deletion, addition] },
  ]
}

/** Every way to take one choice of each, the first choices first. */
const combine = (groups: readonly (readonly Attempt[])[]): readonly Attempt[] =>
  groups.reduce<readonly Attempt[]>(
    (attempts, group) =>
      attempts.flatMap(attempt =>
        group.map(choice => ({
          text: attempt.text === '' ? choice.text : `${attempt.text}; ${choice.text}`,
          prerequisites: [...attempt.prerequisites, ...choice.prerequisites],
          changes: [...attempt.changes, ...choice.changes],
        })),
      ),
    [{ text: '', prerequisites: [], changes: [] }],
  )
