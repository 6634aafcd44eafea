import { WireError } from '../wire-error.ts'
import type { OptionKind } from './option-kind.ts'
import { encodeText } from './option-text.ts'

/** User classes as RFC 3004 has them, or the one text without a length that iPXE and others send. */
export type UserClass = { readonly form: 'list' | 'bare'; readonly classes: readonly string[] }

/**
 * User classes (RFC 3004, section 4). Octets that are not lengths and texts to the last one are one bare text:
 * iPXE sends `iPXE`, whose `i` would be the length 105.
 *
 *     | length 1 | class | length 1 | class | ...
 */
export const userClass: OptionKind<UserClass> = {
  decode: (octets, offset) => {
    if (octets.length === 0) throw new WireError('user class is empty', offset)
    const classes = listed(octets)
    return classes === undefined
      ? { form: 'bare', classes: [octets.toString('latin1')] }
      : { form: 'list', classes }
  },
  encode: ({ form, classes }) => {
    const texts = classes.map(encodeText)
    return Buffer.concat(form === 'bare' ? texts : texts.flatMap(each => [Buffer.of(each.length), each]))
  },
}

/** The classes of a list; undefined where the octets are none. */
const listed = (octets: Buffer): readonly string[] | undefined => {
  const classes: string[] = []
  for (let at = 0; at < octets.length; ) {
    const length = octets[at] ?? 0
    const end = at + 1 + length
    if (length === 0 || end > octets.length) return undefined
    classes.push(octets.toString('latin1', at + 1, end))
    at = end
  }
  return classes
}
