import { type ClassName, parseClassName } from '../../model/class-name.ts'
import { type Condition, parseCondition } from '../../model/condition.ts'
import type { HistoryPage } from '../../model/list-history.ts'
import type { HostsQuery } from './answers.ts'

/** Parameters of a request, checked; a text is what is wrong with them. Pure. */

/** What a page has where no `limit` says it, and at most. */
const LIMIT = 100
const MOST = 1000

/** The longest expression that is looked at, in characters. */
const MOST_WHERE = 4096

/** `class` (repeatable), `where`, `after`, `limit` of `/v1/hosts`. */
export const parseHostsQuery = (query: URLSearchParams): HostsQuery | string => {
  const limit = parseNumber(query.get('limit') ?? String(LIMIT), MOST)
  const classNames = query.getAll('class').map(parseClassName)
  const text = query.get('where')
  const where = text === null || text.length > MOST_WHERE ? undefined : parseCondition(text)
  if (limit === undefined) return `limit is no number from 1 to ${MOST}`
  if (!classNames.every((name): name is ClassName => name !== undefined)) return 'class is no class name'
  if (text !== null && where === undefined) return `where has more than ${MOST_WHERE} characters`
  if (where?.ok === false) return `where is not an expression of classes (at character ${where.offset + 1})`
  const condition: Condition | undefined = where?.condition
  return { classNames, where: condition, after: query.get('after') ?? '', limit }
}

/** `limit` and `before` of a history. */
export const parseHistoryPage = (query: URLSearchParams): HistoryPage | string => {
  const limit = parseNumber(query.get('limit') ?? String(LIMIT), MOST)
  const before = query.get('before')
  const beforeId = before === null ? undefined : parseNumber(before, Number.MAX_SAFE_INTEGER)
  if (limit === undefined) return `limit is no number from 1 to ${MOST}`
  if (before !== null && beforeId === undefined) return 'before is no id of a change'
  return { limit, beforeId }
}

const parseNumber = (text: string, most: number): number | undefined => {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : 0
  return number >= 1 && number <= most ? number : undefined
}
