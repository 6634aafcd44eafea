/**
 * What a run leaves behind in the target, in `/var/lib/fai/fai-classes.json`, for the next one to compare with. Plain data; the
 * names in its objects are sorted.
 */
export type RunRecord = {
  readonly version: 1
  readonly host: string
  /** FAI's name of what was done. */
  readonly action: string
  /** ISO 8601, UTC. */
  readonly finishedAt: string
  readonly classes: readonly string[]
  /** Package words as the config space has them, by what is done with them: `install`, `install release=backports`. */
  readonly packages: Readonly<Record<string, readonly string[]>>
  /** What fcopy takes for a path of the target, for all templates of the classes. */
  readonly templates: Readonly<Record<string, { readonly class: string; readonly sha256: string }>>
  /** Scripts by the names of `status.log`, with the SHA-256 of each. */
  readonly scripts: Readonly<Record<string, string>>
  /** What scripts wrote to, by path: `fileState` of what stood there afterwards. */
  readonly touched: Readonly<Record<string, string>>
}

/** Where a run leaves it, beside what FAI keeps there. */
export const RUN_RECORD = '/var/lib/fai/fai-classes.json'

/** The record in a text, or undefined where it is none: the next run then compares with nothing. Pure. */
export const parseRunRecord = (text: string): RunRecord | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value) || value['version'] !== 1 || !isTextList(value['classes'])) return undefined
  const { packages, templates, scripts, touched } = value
  const isWhole =
    isObject(packages) &&
    Object.values(packages).every(isTextList) &&
    isObject(templates) &&
    Object.values(templates).every(
      each => isObject(each) && isText(each['class']) && isText(each['sha256']),
    ) &&
    isObject(scripts) &&
    Object.values(scripts).every(isText) &&
    isObject(touched) &&
    Object.values(touched).every(isText) &&
    ['host', 'action', 'finishedAt'].every(name => isText(value[name]))
  return isWhole ? (value as RunRecord) : undefined
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown): value is string => typeof value === 'string'

const isTextList = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText)
