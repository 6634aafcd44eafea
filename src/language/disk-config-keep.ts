import type { Origin } from '../diagnostic/diagnostic.ts'
import type { Keep } from './disk-config.ts'

/** Options of a stanza that say which of its volumes stay. */
const KEEP_OPTIONS = [
  'preserve_always',
  'preserve_reinstall',
  'preserve_lazy',
  'always_format',
  'resize',
] as const

/** One of them. */
export type KeepOption = (typeof KEEP_OPTIONS)[number]

/** What may stand behind the size of a volume. */
export const KEEP_SUFFIXES = ['resize', 'preserve_always', 'preserve_reinstall', 'preserve_lazy'] as const

/** One of them. */
export type KeepSuffix = (typeof KEEP_SUFFIXES)[number]

/** One option of a stanza: volumes by number, or by `VG-LV`. */
export type KeepRule = {
  readonly option: KeepOption
  readonly volumes: 'all' | ReadonlySet<string>
  readonly origin: Origin
}

/**
 * What the options of the stanza and the suffix of the size make of one volume. Pure. How it is preserved, the first of
 * these that is there decides:
 *
 *     the suffix of the size
 *     the last option that names the volume
 *     `preserve_always:all`, `preserve_reinstall:all`, `preserve_lazy:all`, wherever they stand
 */
export const resolveKeep = (rules: readonly KeepRule[], id: string, suffix?: KeepSuffix): Keep => {
  const named = rules.filter(({ volumes }) => volumes !== 'all' && volumes.has(id))
  const asked = new Set(rules.filter(rule => rule.volumes === 'all' || named.includes(rule)).map(toOption))
  const preserve =
    (suffix && toPreserve(suffix)) ??
    named.flatMap(({ option }) => toPreserve(option) ?? []).at(-1) ??
    preserveOfAll(rules)
  return {
    ...(preserve === undefined ? {} : { preserve }),
    resize: suffix === 'resize' || asked.has('resize'),
    alwaysFormat: asked.has('always_format'),
  }
}

/** What `preserve_…:all` says; undefined where there is none. Pure. */
export const preserveOfAll = (rules: readonly KeepRule[]): Keep['preserve'] => {
  const all = rules.filter(({ volumes }) => volumes === 'all').map(toOption)
  return KEEP_OPTIONS.filter(option => all.includes(option)).flatMap(option => toPreserve(option) ?? [])[0]
}

const toOption = ({ option }: KeepRule): KeepOption => option

const toPreserve = (option: KeepOption): Keep['preserve'] => {
  switch (option) {
    case 'preserve_always':
      return 'always'
    case 'preserve_reinstall':
      return 'reinstall'
    case 'preserve_lazy':
      return 'lazy'
    case 'always_format':
    case 'resize':
      return undefined
  }
}
