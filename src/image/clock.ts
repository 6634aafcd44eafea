import { type ProgramSetting, runGood } from './image-programs.ts'

/** `Date` has whole seconds, and took a moment to come. */
const NEAR_ENOUGH_MS = 2000
const ANSWER_MS = 10_000

/**
 * How far a clock is behind what a server says in `Date` (RFC 9110, section 6.6.1), in milliseconds, negative where it is ahead;
 * undefined where the server says none, and where both are near enough. Pure.
 */
export const clockBehindMs = (date: string | undefined, nowMs: number): number | undefined => {
  const behindMs = Date.parse(date ?? '') - nowMs
  return Math.abs(behindMs) > NEAR_ENOUGH_MS ? behindMs : undefined
}

/** `90 s`, `3 h` or `12 d`: as exact as anybody wants to know it. Pure. */
export const formatSpan = (ms: number): string => {
  const seconds = Math.round(Math.abs(ms) / 1000)
  const [name, unit] = UNITS.find(([, each]) => seconds >= 2 * each) ?? ['s', 1]
  return `${Math.round(seconds / unit)} ${name}`
}

const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
]

/**
 * Sets the clocks of the machine, that of the kernel and that of its board, by the boot server: with a battery that is empty no
 * package would be believed, and no update of DNS. Gives what there is to say, undefined where nothing was to be done. A server
 * that says nothing is no fault here: who needs it will say so.
 */
export const setClock = async (server: string, setting: ProgramSetting): Promise<string | undefined> => {
  const signal = AbortSignal.any([setting.signal, AbortSignal.timeout(ANSWER_MS)])
  const response = await fetch(`${server}/healthz`, { method: 'HEAD', signal }).catch(() => undefined)
  const nowMs = Date.now()
  const behindMs = clockBehindMs(response?.headers.get('date') ?? undefined, nowMs)
  if (behindMs === undefined) return undefined
  const seconds = Math.round((nowMs + behindMs) / 1000)
  await runGood({ argv: ['date', '--utc', '--set', `@${seconds}`] }, setting)
  // Some machines have none on their board.
  await setting.run({ argv: ['busybox', 'hwclock', '-w', '-u'] }, setting.signal)
  const side = behindMs > 0 ? 'slow' : 'fast'
  const now = new Date(seconds * 1000).toISOString().replace('.000', '')
  return `the clock was ${formatSpan(behindMs)} ${side}: set to ${now} by the boot server`
}
