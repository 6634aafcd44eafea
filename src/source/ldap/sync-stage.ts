import type { Entry } from './entry.ts'
import type { EntryStep } from './entry-steps.ts'
import type { EntryUuid, SyncCookie, SyncMessage } from './sync-message.ts'

/** What a message says of the contents: of one entry that is new or changed, or of UUIDs alone. */
export type ContentMessage =
  | { readonly kind: 'entry'; readonly uuid: EntryUuid; readonly entry: Entry; readonly cookie?: SyncCookie }
  | Extract<SyncMessage, { kind: 'id-set' | 'new-cookie' | 'phase-end' }>

/** A step that messages told, and the cookie behind it where there was one. */
export type SyncStep = { readonly step: EntryStep; readonly cookie?: SyncCookie }

/** Takes messages in their order, and gives the step that is whole with one of them. */
export type SyncStages = {
  readonly take: (message: ContentMessage) => SyncStep | undefined
  readonly isRefreshing: () => boolean
}

/**
 * The stages of one search (RFC 4533, section 3.4). All of the refresh stage is one step; then each message is one.
 *
 *     asked           phases of the refresh     what was not named in it
 *     without cookie  any                       is gone
 *     with cookie     present, or both          is gone
 *     with cookie     delete                    stays as it was
 *
 * Pure, but for what it has heard so far.
 */
export const syncStages = (hasCookie: boolean): SyncStages => {
  let isRefreshing = true
  let isWhole = !hasCookie
  let cookie: SyncCookie | undefined
  const entries = new Map<EntryUuid, Entry>()
  const gone = new Set<EntryUuid>()
  const present = new Set<EntryUuid>()

  const note = (message: ContentMessage): void => {
    cookie = message.cookie ?? cookie
    if (message.kind === 'entry') {
      gone.delete(message.uuid)
      entries.set(message.uuid, message.entry)
    }
    if (message.kind === 'id-set')
      for (const uuid of message.uuids) {
        if (message.deletes) entries.delete(uuid)
        ;(message.deletes ? gone : present).add(uuid)
      }
  }
  return {
    isRefreshing: () => isRefreshing,
    take: message => {
      if (!isRefreshing) return toStep(message)
      note(message)
      if (message.kind !== 'phase-end') return undefined
      isWhole ||= message.phase === 'present'
      isRefreshing = !message.done
      const step = { entries, gone, ...(isWhole ? { kept: present } : {}) }
      return isRefreshing ? undefined : { step, ...(cookie === undefined ? {} : { cookie }) }
    },
  }
}

/** One message of the persist stage. Which entries are there unchanged says nothing then. */
const toStep = (message: ContentMessage): SyncStep => {
  const { kind, cookie } = message
  const step = {
    entries: new Map(kind === 'entry' ? [[message.uuid, message.entry]] : []),
    gone: new Set(kind === 'id-set' && message.deletes ? message.uuids : []),
  }
  return { step, ...(cookie === undefined ? {} : { cookie }) }
}
