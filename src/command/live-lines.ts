import { formatDiagnostic } from '../diagnostic/format.ts'
import type { FaultChange, FaultChanges, ListCause, ListChanges } from '../model/class-lists.ts'
import { printable, type Transaction } from '../server/transaction.ts'

/** What the log says of lists that are followed. Pure. */

/** Names in a line. */
const MOST_NAMES = 5

/** Errors of one edit that have a line each. */
const MOST_ERRORS = 5

/** Characters of an error in a line. */
const MOST_TEXT = 1000

/** The line for lists that changed together. */
export const changesLine = ({ cause, changes }: ListChanges): Transaction =>
  line(cause, 'CHANGE', 'applied', changes)

/** A line for each error that hosts got by one edit, one for those of more errors, and one for hosts without any again. */
export const faultLines = ({ cause, changes }: FaultChanges): readonly Transaction[] => {
  const { '': mended = [], ...failed } = Object.groupBy(changes, toText)
  const errors = Object.entries(failed)
  const shown = errors.slice(0, MOST_ERRORS)
  const others = errors.slice(MOST_ERRORS).flatMap(([, hosts = []]) => hosts)
  return [
    ...shown.map(([text, hosts = []]) => line(cause, 'RESOLVE', 'failed', hosts, `: ${text}`)),
    ...(others.length === 0 ? [] : [line(cause, 'RESOLVE', 'failed', others, ': other errors')]),
    ...(mended.length === 0 ? [] : [line(cause, 'RESOLVE', 'current', mended)]),
  ]
}

/** An error with its first place; empty where there is none. */
const toText = ({ fault }: FaultChange): string =>
  fault === undefined ? '' : formatDiagnostic({ ...fault, related: [] }).slice(0, MOST_TEXT)

const line = (
  { source, serial }: ListCause,
  request: string,
  outcome: string,
  hosts: readonly { readonly name: string }[],
  reason = '',
): Transaction => {
  const names = hosts.slice(0, MOST_NAMES).map(({ name }) => name)
  const more = hosts.length > names.length ? ', ...' : ''
  const by = serial === undefined ? '' : ` by serial ${serial}`
  const text = printable(`${hosts.length} lists${by}: ${names.join(', ')}${more}${reason}`)
  return { protocol: 'lists', client: source, request, outcome, text }
}
