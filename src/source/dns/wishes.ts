import type { ServerAddress } from '../../model/server-address.ts'
import { type Bell, newBell } from './bell.ts'
import type { NotifyVerdict } from './notify.ts'

/** What others want of somebody who follows a zone; the bell is rung when they want more. */
export type Wishes = Bell & {
  /** However many come before anybody looks, they are one look. */
  readonly notify: (look: NonNullable<NotifyVerdict['look']>) => void
  readonly retransfer: () => void
  /** Whether a NOTIFY asked for a look that is of use to somebody who holds this serial. */
  readonly isNotified: (serial: number | undefined) => boolean
  /** The servers that NOTIFYs named, and whether all of the zone is wanted anew; from then on nothing is wanted. */
  readonly take: () => { readonly servers: readonly ServerAddress[]; readonly isForced: boolean }
  readonly isForced: () => boolean
}

/** Nothing is wanted yet. */
export const newWishes = (): Wishes => {
  const bell = newBell()
  const servers = new Set<ServerAddress>()
  /** Undefined where no hint can be trusted: one of them had none, or they differ. */
  let serial: number | undefined
  let isForced = false
  return {
    ...bell,
    notify: look => {
      serial = servers.size === 0 || serial === look.serial ? look.serial : undefined
      for (const server of look.servers) servers.add(server)
      bell.ring()
    },
    retransfer: () => {
      isForced = true
      bell.ring()
    },
    isNotified: held => {
      // RFC 1996, section 3.7: a hint may say that there is nothing to do, and nothing else.
      if (serial !== undefined && serial === held) servers.clear()
      return servers.size > 0
    },
    take: () => {
      const taken = { servers: [...servers], isForced }
      servers.clear()
      isForced = false
      return taken
    },
    isForced: () => isForced,
  }
}
