import { type ClassName, parseClassName } from '../../model/class-name.ts'
import type { InstallEnd, InstallEvent, InstallRequest } from '../../model/install-order.ts'

/** What machines send, checked; undefined where a text is not that. Pure. */

/** More classes than a list may hold (contract, section 3) are no facts of a machine. */
const MOST_FACTS = 2048

/** The longest text for people that is kept, in characters. */
const MOST_MESSAGE = 1000

/** The body of `POST /install`. */
export const parseInstallRequest = (text: string): InstallRequest | undefined => {
  const facts = objectOf(text)?.['facts']
  if (!Array.isArray(facts) || facts.length > MOST_FACTS) return undefined
  const names = facts.map(fact => (typeof fact === 'string' ? parseClassName(fact) : undefined))
  return names.every((name): name is ClassName => name !== undefined)
    ? { facts: [...new Set(names)] }
    : undefined
}

/** The body of `POST /report/event`. */
export const parseInstallEvent = (text: string): InstallEvent | undefined => {
  const value = objectOf(text)
  const event = value?.['event']
  return typeof event === 'string' ? { ...value, event } : undefined
}

/** What an event says of how far an installation is; most say nothing. */
export const progressOf = ({ event, task }: InstallEvent): string | undefined =>
  event === 'task-begin' && typeof task === 'string' ? `task ${task}`.slice(0, MOST_MESSAGE) : undefined

/** The body of `POST /report/end`. */
export const parseInstallEnd = (text: string): InstallEnd | undefined => {
  const { outcome, message } = objectOf(text) ?? {}
  if ((outcome !== 'installed' && outcome !== 'failed') || typeof message !== 'string') return undefined
  return { outcome, message: message.slice(0, MOST_MESSAGE) }
}

const objectOf = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}
