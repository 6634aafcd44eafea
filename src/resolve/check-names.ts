import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import { type ClassName, DEFAULT, foldClassName, LAST } from '../model/class-name.ts'
import type { Membership } from '../model/grammar.ts'
import type { Knowledge, ResolutionOptions } from './assignment.ts'
import type { DefinitionLinks } from './definition-links.ts'
import { isKnown, unknownMessage } from './nearest-known.ts'

/**
 * `unknown-class` for classes that definitions name and nothing knows, also where no
 * host reads them; `after` and `conflicts` pull nothing in, so there it is a warning. Pure.
 */
export const findUnknownNamed = (
  links: DefinitionLinks,
  knowledge: Knowledge,
  { unknownClass }: Pick<ResolutionOptions, 'unknownClass'>,
): readonly Diagnostic[] => {
  if (unknownClass === 'allow' || !knowledge.anyDefinition) return []
  return [...links.values()].flatMap(({ requires, unheld, after, conflicts }) =>
    [...requires, ...unheld, ...after, ...conflicts].flatMap(({ to, kind, origin }): Diagnostic[] => {
      if (isKnown(to, knowledge)) return []
      const message = unknownMessage(to, knowledge)
      const severity = kind === 'requires' && unknownClass === 'error' ? 'error' : 'warning'
      return [{ severity, code: 'unknown-class', message, origin }]
    }),
  )
}

/** `unknown-class` for classes that memberships ask for which no host reads. Pure. */
export const findUnknownAsked = (
  memberships: readonly Membership[],
  knowledge: Knowledge,
  { unknownClass }: Pick<ResolutionOptions, 'unknownClass'>,
): readonly Diagnostic[] => {
  if (unknownClass === 'allow' || !knowledge.anyDefinition) return []
  const severity = unknownClass === 'warn' ? 'warning' : 'error'
  return memberships.flatMap(({ tokens, origin }) =>
    tokens.flatMap(({ name, remove }): Diagnostic[] => {
      if (remove || name === DEFAULT || name === LAST || isKnown(name, knowledge)) return []
      return [{ severity, code: 'unknown-class', message: unknownMessage(name, knowledge), origin }]
    }),
  )
}

/** A class as it is written somewhere. */
export type Spelling = { readonly name: ClassName; readonly origin: Origin }

/** Spellings of a whole site. */
export type SpellingCollector = {
  /** Notes spellings; those in `exempt`, such as the class of a host, do not count. */
  readonly add: (spellings: Iterable<Spelling>) => void
  /**
   * The warning `class-case` for every class with more than one spelling, though no host
   * reads both. `exempt` are the classes of hosts, `told` the folded names that are told already.
   */
  readonly warnings: (exempt: ReadonlySet<string>, told: ReadonlySet<string>) => readonly Diagnostic[]
  /** The folded names of all classes. */
  readonly folded: (exempt: ReadonlySet<string>) => readonly string[]
}

/** Starts a collection; only the first place of each spelling is kept. */
export const collectSpellings = (): SpellingCollector => {
  const first = new Map<ClassName, Origin>()
  const spelled = (exempt: ReadonlySet<string>) =>
    Map.groupBy(
      [...first.keys()].filter(name => !exempt.has(name)),
      foldClassName,
    )
  return {
    add: spellings => {
      for (const { name, origin } of spellings) if (!first.has(name)) first.set(name, origin)
    },
    warnings: (exempt, told) =>
      [...spelled(exempt)].flatMap(([folded, [earlier, ...others]]) =>
        earlier === undefined || told.has(folded)
          ? []
          : others.map(name => {
              const message = `class "${name}" is spelled "${earlier}" elsewhere, though no host reads both`
              return warningAt('class-case', message, first.get(name) as Origin, [
                first.get(earlier) as Origin,
              ])
            }),
      ),
    folded: exempt => [...spelled(exempt).keys()],
  }
}
