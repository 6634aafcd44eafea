/** The part of a file that is sent: first and last octet, counted from 0. */
export type OctetRange = { readonly first: number; readonly last: number }

/**
 * What a `Range` header asks for of `sizeBytes` octets (RFC 9110, section 14.2). `whole` where there is no such header, or it is to be left
 * aside: another unit, several ranges, or no range at all. Pure.
 */
export const parseRange = (
  header: string | undefined,
  sizeBytes: number,
): OctetRange | 'whole' | 'unsatisfiable' => {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '')
  const [from = '', to = ''] = match?.slice(1) ?? []
  if (from === '' && to === '') return 'whole'
  if (from !== '' && to !== '' && Number(to) < Number(from)) return 'whole'
  const end = sizeBytes - 1
  const range =
    from === ''
      ? { first: Math.max(0, sizeBytes - Number(to)), last: end }
      : { first: Number(from), last: to === '' ? end : Math.min(Number(to), end) }
  return range.first <= end ? range : 'unsatisfiable'
}
