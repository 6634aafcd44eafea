/** Text as it may stand in XML 1.0, section 2.2: control characters are left out. For an element or a quoted attribute. Pure. */
export const escapeXml = (text: string): string =>
  [...text]
    .filter(character => character >= ' ' || character === '\n' || character === '\t')
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
