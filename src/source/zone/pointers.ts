import { type Diagnostic, warningAt } from '../../diagnostic/diagnostic.ts'
import { dnsLabels, parentName } from '../../model/dns-name.ts'
import { type HostQuery, parseHostQuery } from '../../model/host-query.ts'
import type { Pointers } from '../source.ts'
import { recordOrigin, type Zone } from './zone.ts'

/** Every PTR record below `_mac` and `_uuid` (contract, section 2.1); an owner that nobody can ask for is `name-invalid`. Pure. */
export const pointersOf = (zone: Zone): Pointers => {
  const pointers: Pointers['pointers'][number][] = []
  const diagnostics: Diagnostic[] = []
  for (const [owner, node] of zone.nodes) {
    const [record] = node.get('PTR') ?? node.get('CNAME') ?? []
    const kind = kindOf(owner, zone.apex)
    if (record === undefined || kind === undefined) continue
    const origin = recordOrigin(zone.apex, owner, record)
    const text = dnsLabels(owner)[0] ?? ''
    const query = parseQuery(text, kind)
    if (query !== undefined) pointers.push({ query, origin })
    else {
      const message = `"${text}" is not a ${WANTED[kind]}, so that nothing can ask for it`
      diagnostics.push(warningAt('name-invalid', message, origin))
    }
  }
  return { pointers, diagnostics }
}

type Kind = 'mac' | 'uuid'

const WANTED = { mac: 'MAC with dashes', uuid: 'UUID' } as const

const kindOf = (owner: string, apex: string): Kind | undefined => {
  const above = parentName(owner)
  const suffix = apex === '' ? '' : `.${apex}`
  return above === `_mac${suffix}` ? 'mac' : above === `_uuid${suffix}` ? 'uuid' : undefined
}

/** A MAC is asked for in one spelling, so that another one would never be found. */
const parseQuery = (text: string, kind: Kind): HostQuery | undefined => {
  const query = parseHostQuery(text)
  if (query?.kind !== kind) return undefined
  return query.kind === 'mac' && query.mac.replaceAll(':', '-') !== text ? undefined : query
}
