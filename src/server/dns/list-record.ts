import type { ClassName } from '../../model/class-name.ts'

/** A character-string of 255 octets is joined to the next one without a space (contract, section 2.1), so none is that long. */
const MOST_STRING_OCTETS = 254

/**
 * The data of the TXT record that holds a class list, one octet a character: as many classes as fit into each character-string,
 * none of them cut. Joined by a space they are the list again. Pure.
 *
 *     | length 1 | classes, a space between | length 1 | classes ...
 */
export const encodeList = (classes: readonly ClassName[]): string => {
  const strings: string[] = []
  let string = ''
  for (const name of classes) {
    const longer = string === '' ? name : `${string} ${name}`
    if (longer.length <= MOST_STRING_OCTETS) {
      string = longer
    } else {
      strings.push(string)
      string = name
    }
  }
  return [...strings, string].map(text => String.fromCharCode(text.length) + text).join('')
}
