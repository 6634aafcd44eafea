import { BOOT_STATES, type BootRecord } from './state.ts'
import type { BootToken } from './token.ts'

/** The text of a record's file. Pure. */
export const formatBootRecord = (record: BootRecord): string => `${JSON.stringify(record, undefined, 1)}\n`

/** What the text of a file says; undefined where it is not what was written, so that nothing is read as `local` by accident. Pure. */
export const parseBootRecord = (text: string): BootRecord | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return isRecord(value) ? value : undefined
}

type Unchecked<T> = { readonly [K in keyof T]?: unknown }

const isRecord = (value: unknown): value is BootRecord => {
  if (typeof value !== 'object' || value === null) return false
  const { state, sinceMs, message, token, reportKeyHash }: Unchecked<BootRecord> = value
  return (
    BOOT_STATES.some(known => known === state) &&
    isTime(sinceMs) &&
    typeof message === 'string' &&
    (token === undefined || isToken(token)) &&
    (reportKeyHash === undefined || isHash(reportKeyHash))
  )
}

const isToken = (value: unknown): value is BootToken => {
  if (typeof value !== 'object' || value === null) return false
  const { hash, address, madeAtMs, spentAtMs }: Unchecked<BootToken> = value
  return (
    isHash(hash) &&
    typeof address === 'string' &&
    isTime(madeAtMs) &&
    (spentAtMs === undefined || isTime(spentAtMs))
  )
}

const isTime = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isHash = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
