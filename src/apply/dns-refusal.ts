/** What somebody who has to set it right must know: the zone, and the key that it is changed with. */
export type RefusalContext = {
  readonly zone: string
  readonly keyName: string | undefined
  /** Types of the records that the update is about. */
  readonly types: readonly string[]
}

/** What a response code to an update means, and where to set it right (RFC 2136, section 2.2; RFC 8945, section 5.3). Pure. */
export const explainRefusal = (rcode: string, { zone, keyName, types }: RefusalContext): string => {
  switch (rcode) {
    case 'REFUSED':
      return keyName === undefined
        ? `the update is not signed, and the server takes none such: name the key in register.tsig`
        : `the server does not let key "${keyName}" change this: in its named.conf, zone "${zone}" needs ` +
            `update-policy { grant ${keyName} zonesub ${types.join(' ')}; };`
    case 'NOTAUTH':
      return (
        `the server is not the primary of this zone: its named.conf has no zone "${zone}" { type primary; }, ` +
        'or register names another server'
      )
    default:
      return explainRcode(rcode)
  }
}

/** The same where nothing is known but the code. Pure. */
export const explainRcode = (rcode: string): string =>
  MEANINGS[rcode] ?? 'RFC 2136 does not say what this means for an update'

const MEANINGS: Readonly<Record<string, string>> = {
  REFUSED: 'its update-policy or allow-update does not permit this',
  NOTAUTH: 'the server is not authoritative for the zone, or does not know the key',
  NOTZONE:
    'a name of the update is outside this zone, or below a zone cut in it: see zone and reverse of register',
  SERVFAIL:
    'the server could not write the zone: its log says why; often the directory of the zone file, for the journal, is not writable for it',
  FORMERR: 'the server did not understand the update',
  NOTIMP: 'the server does no dynamic updates: name the primary of the zone in register',
}
