import type { Context } from 'hono'
import type { ClassName } from '../../model/class-name.ts'
import type { InstallOrder } from '../../model/install-order.ts'
import type { BootStates, InstallReport } from '../boot/boot-states.ts'
import type { InstallFiles } from '../boot/install-files.ts'
import { INSTALL_LIMITS } from '../boot/install-files.ts'
import type { BootRecord } from '../boot/state.ts'
import { type BodyText, isTooLarge, octetsOf, readText } from './body.ts'
import { accept, addressOf, bearerOf, type HttpApp, type HttpEnv, refuse, refuseContent } from './context.ts'
import { parseInstallEnd, parseInstallEvent, parseInstallRequest, progressOf } from './messages.ts'

/** An installation cannot be ordered because of what the sources say; `message` is for people. */
export class OrderRefusedError extends Error {
  override readonly name = 'OrderRefusedError'
}

/**
 * What an installation of a host may know, for the facts that its machine reports. Rejects with `SourceError` where a source
 * cannot be read, and with `OrderRefusedError` where what they say is wrong.
 */
export type OrderFor = (host: string, facts: readonly ClassName[]) => Promise<Omit<InstallOrder, 'reportKey'>>

/** What these routes need. */
export type InstallRoutesOptions = {
  readonly states: BootStates
  readonly files: InstallFiles
  readonly orderFor: OrderFor
  /** `resolution.facts`: what a machine may report (contract, section 5); nothing where it is absent. */
  readonly facts: readonly ClassName[]
}

const MOST_JSON = 64 * 1024

/** `/install` and `/report/…` of `model/install-order.ts`. */
export const addInstallRoutes = (app: HttpApp, options: InstallRoutesOptions): void => {
  const { states, files } = options
  app.post('/install', c => giveOrder(c, options))

  app.post('/report/event', async c => {
    const body = parsed(await readText(c.req.raw, MOST_JSON), parseInstallEvent)
    if (body.kind !== 'value') return refuseContent(c, body.kind)
    const message = progressOf(body.value)
    const reported = await report(c, states, {
      kind: 'progress',
      ...(message === undefined ? {} : { message }),
    })
    if (reported.kind === 'refused') return reported.response
    const kept = await files.addEvent(reported, JSON.stringify(body.value))
    return kept === 'kept' ? accept(c, `${reported.host} ${body.value.event}`) : refuseContent(c, kept)
  })

  app.put('/report/log/:name{[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}\\.tar\\.gz}', async c => {
    if (isTooLarge(c.req.raw, INSTALL_LIMITS.logBytes)) return refuseContent(c, 'too-large')
    const reported = await report(c, states, { kind: 'progress' })
    if (reported.kind === 'refused') return reported.response
    const kept = await files.saveLog(reported, c.req.param('name'), octetsOf(c.req.raw))
    return kept === 'kept' ? accept(c, reported.host) : refuseContent(c, kept)
  })

  app.post('/report/end', async c => {
    const body = parsed(await readText(c.req.raw, MOST_JSON), parseInstallEnd)
    if (body.kind !== 'value') return refuseContent(c, body.kind)
    const reported = await report(c, states, { kind: 'end', ...body.value })
    return reported.kind === 'refused'
      ? reported.response
      : accept(c, `${reported.host} ${body.value.outcome}`)
  })
}

type Parsed<T> = { readonly kind: 'value'; readonly value: T } | Exclude<BodyText, { kind: 'text' }>

const parsed = <T>(body: BodyText, parse: (text: string) => T | undefined): Parsed<T> => {
  if (body.kind !== 'text') return body
  const value = parse(body.text)
  return value === undefined ? { kind: 'malformed' } : { kind: 'value', value }
}

/**
 * The order, once. Whatever is wrong before it is given leaves the token as it was: an administrator mends it, and the machine asks again. A
 * request with a fact that no machine may report is refused as a whole: a list made without it would be another one.
 */
const giveOrder = async (
  c: Context<HttpEnv>,
  { states, orderFor, facts }: InstallRoutesOptions,
): Promise<Response> => {
  const token = bearerOf(c)
  const host = token && states.hostOf(token)
  if (token === undefined || host === undefined) return refuse(c, 403, 'the token is none that was given')
  const address = addressOf(c)
  const check = await states.checkToken(host, token, address)
  if (check.kind === 'refused') return refuse(c, 403, `${host}: ${check.why}`)
  const body = parsed(await readText(c.req.raw, MOST_JSON), parseInstallRequest)
  if (body.kind !== 'value') return refuseContent(c, body.kind)

  const notAllowed = body.value.facts.filter(fact => !facts.includes(fact))
  const refuseOrder = async (status: 403 | 422, why: string): Promise<Response> => {
    await states.leaveNote(host, why)
    return refuse(c, status, `${host}: ${why}`)
  }
  if (notAllowed.length > 0)
    return refuseOrder(
      403,
      `resolution.facts does not list what the machine reports: ${notAllowed.join(', ')}`,
    )
  try {
    const order = await orderFor(host, body.value.facts)
    const spent = await states.spendToken(host, token, address)
    if (spent.answer.kind === 'refused') return refuse(c, 403, `${host}: ${spent.answer.why}`)
    c.set('note', host)
    const whole: InstallOrder = { ...order, reportKey: spent.reportKey }
    return c.json(whole, 200, { 'cache-control': 'no-store' })
  } catch (error) {
    if (error instanceof OrderRefusedError) return refuseOrder(422, error.message)
    throw error
  }
}

type Reported =
  | { readonly kind: 'taken'; readonly host: string; readonly beganMs: number }
  | { readonly kind: 'refused'; readonly response: Response }

/** Takes a report, which comes with the key of its installation. */
const report = async (c: Context<HttpEnv>, states: BootStates, told: InstallReport): Promise<Reported> => {
  const key = bearerOf(c)
  const host = key && states.hostOf(key)
  if (key === undefined || host === undefined)
    return { kind: 'refused', response: refuse(c, 403, 'the key of the report is none that was given') }
  const { answer, record } = await states.takeReport(host, key, told)
  return answer.kind === 'refused'
    ? { kind: 'refused', response: refuse(c, 409, `${host}: ${answer.why}`) }
    : { kind: 'taken', host, beganMs: beganMs(record) }
}

/** When the installation of a record began; a record with a key of reports has a spent token. */
const beganMs = ({ token, sinceMs }: BootRecord): number => token?.spentAtMs ?? sinceMs
