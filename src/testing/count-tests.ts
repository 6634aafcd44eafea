import type { Parser, Result } from 'tap-parser'

/** A test that counts as failed, and what the runner said about it. */
export type Failure = { readonly title: string; readonly detail: string }

/** The tests of one file. */
export type FileCount = { readonly passed: number; readonly failures: readonly Failure[] }

type Tally = { passed: number; failures: Failure[]; blocks: number; points: number; bad: Failure[] }

/**
 * Follows the TAP of one test file. The returned function gives the count once the stream has ended; `wrong` is
 * what went wrong with the file as a whole, for example its exit code.
 *
 * A test is a block without blocks inside, or an assertion outside of any block.
 *
 *     block with only good assertions        passed
 *     block with a failed one                failed
 *     skipped, or marked todo, or a part is  failed
 *     block without an assertion             failed
 *     block that holds blocks                not counted, unless it alone went wrong
 *     file that ended badly for no test      failed
 *     file without a test                    failed
 */
export const followFile = (parser: Parser): ((wrong?: string) => FileCount) => {
  const tally = follow(parser)
  return wrong => {
    const passed = tally.passed + tally.points - tally.bad.length
    const failures = [...tally.failures, ...tally.bad]
    if (failures.length > 0) return { passed, failures }
    const detail = wrong ?? (passed === 0 ? 'no test in this file' : undefined)
    return { passed, failures: detail === undefined ? [] : [{ title: 'the file as a whole', detail }] }
  }
}

const follow = (parser: Parser): Tally => {
  const tally: Tally = { passed: 0, failures: [], blocks: 0, points: 0, bad: [] }
  let inner: Tally | undefined
  parser.on('child', (child: Parser) => {
    inner = follow(child)
  })
  parser.on('assert', (result: Result) => {
    const block = inner
    inner = undefined
    if (block !== undefined) return addBlock(tally, block, result)
    tally.points += 1
    if (!isGood(result)) tally.bad.push(toFailure(result))
  })
  return tally
}

const isGood = (result: Result): boolean => result.ok && result.skip === false && result.todo === false

const addBlock = (tally: Tally, block: Tally, result: Result): void => {
  tally.blocks += 1
  const own = toFailure(result)
  if (block.blocks === 0) {
    if (isGood(result) && block.points > 0 && block.bad.length === 0) tally.passed += 1
    else tally.failures.push(describeLeaf(block, own))
    return
  }
  const failures = [...block.failures, ...block.bad]
  tally.passed += block.passed
  tally.failures.push(...failures)
  if (!isGood(result) && failures.length === 0) tally.failures.push(own)
}

const describeLeaf = (block: Tally, own: Failure): Failure => {
  if (block.bad.length > 0) {
    return { title: own.title, detail: block.bad.map(({ detail }) => detail).join('\n') }
  }
  return block.points === 0 && own.detail === '' ? { title: own.title, detail: 'no assertion' } : own
}

/** A test point that is not good, with all that tap says about it. */
export const toFailure = (result: Result): Failure => {
  const marks = [
    result.skip === false ? [] : [`skipped: ${result.skip === true ? 'no reason given' : result.skip}`],
    result.todo === false ? [] : [`todo: ${result.todo === true ? 'no reason given' : result.todo}`],
    result.ok ? [] : [result.name],
    result.tapError === null ? [] : [result.tapError],
  ].flat()
  return { title: result.fullname, detail: [...marks, ...formatDiagnosis(result.diag)].join('\n') }
}

const formatDiagnosis = (diag: unknown): readonly string[] => {
  if (typeof diag !== 'object' || diag === null) return []
  return Object.entries(diag).map(([key, value]) => {
    if (typeof value !== 'string') return `${key}: ${JSON.stringify(value)}`
    return value.includes('\n') ? `${key}:\n${value.trimEnd().replace(/^/gm, '  ')}` : `${key}: ${value}`
  })
}
