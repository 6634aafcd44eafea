import type { ClassName } from '../model/class-name.ts'

/** What a machine says of itself when it asks for something. */
export type MachineIdentity = {
  /** In lower case, with colons. */
  readonly mac: string
  /** In lower case, with dashes; absent where the firmware says none, or zeros. */
  readonly uuid?: string
}

/** The host that a machine is, by the sources. */
export type BootHost = {
  readonly short: string
  readonly fqdn: string
  /** Its own, from DNS or LDAP; none where it has none. */
  readonly addresses: readonly string[]
  /** Its class list without facts, which choose kernel, initrd and command line. */
  readonly classes: readonly ClassName[]
}

/**
 * Who a machine is. `unknown`: the sources answer and do not know it. Rejects with `SourceError` where they cannot be
 * read, and where what they say is wrong: then nothing is answered, and nothing is guessed.
 */
export type IdentifyMachine = (machine: MachineIdentity) => Promise<BootHost | 'unknown'>
