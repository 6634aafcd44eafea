import { type Diagnostic, type Origin, warningAt } from '../diagnostic/diagnostic.ts'
import type { Catalog, HostName, HostRecord } from '../model/catalog.ts'
import { type ClassName, DEFAULT, LAST, parseHostClass } from '../model/class-name.ts'

/** What one source says of the host; sources in configured order. */
export type SourcedRecord = { readonly source: string; readonly record: HostRecord }

/** Settings of `resolution` in the configuration. */
export type ResolutionOptions = {
  readonly hostClass: 'short' | 'fqdn' | 'none'
  readonly unknownClass: 'allow' | 'warn' | 'error'
}

/** Everything that decides the list of one host, apart from the definitions of classes. */
export type Assignment = {
  readonly host: HostName
  readonly records: readonly SourcedRecord[]
  /** Reported by the machine, in the order given. */
  readonly facts: readonly ClassName[]
  /** Added by the caller, in the order given. */
  readonly added: readonly ClassName[]
  readonly options: ResolutionOptions
}

/** Definitions, and what is known of classes beyond them. */
export type Knowledge = {
  readonly catalog: Catalog
  /** Some source defines some class; with none the check of unknown classes is off. */
  readonly anyDefinition: boolean
  /** Names that files of the config space bear. */
  readonly configSpaceClasses: ReadonlySet<string>
  /** Facts that a machine may report over the network (contract, section 5); undefined where nobody listed them. */
  readonly facts?: readonly string[] | undefined
}

/** The class named after the host; undefined where `hostClass` is `none`. */
export const hostClassOf = ({ host, options }: Assignment): ClassName | undefined => {
  switch (options.hostClass) {
    case 'none':
      return undefined
    case 'short':
      return parseHostClass(host.short)
    case 'fqdn':
      return parseHostClass(host.fqdn ?? host.short)
  }
}

/** The implicit classes below the others, and those above them, in list order. */
export const implicitClasses = (assignment: Assignment): { below: ClassName[]; above: ClassName[] } => {
  const hostClass = hostClassOf(assignment)
  return { below: [DEFAULT], above: hostClass === undefined ? [LAST] : [hostClass, LAST] }
}

/** Whether a class is there in any case, so that nobody needs to ask for it. */
export const isImplicit = (assignment: Assignment, name: ClassName): boolean =>
  name === DEFAULT ||
  name === LAST ||
  // Asked only where it can be: to check a host's name costs more than to compare it.
  ((name === assignment.host.short || name === assignment.host.fqdn) && name === hostClassOf(assignment))

/** Where a fact stands. */
export const FACT_ORIGIN: Origin = { kind: 'option', option: '--fact' }

/** Where a class stands that the caller added. */
export const CALLER_ORIGIN: Origin = { kind: 'option', option: '--add' }

/** Leaves aside facts and added classes that are implicit anyway, each with the warning `implicit-class`. Pure. */
export const withoutImplicitGiven = (
  assignment: Assignment,
): { assignment: Assignment; diagnostics: readonly Diagnostic[] } => {
  const given = (names: readonly ClassName[]) =>
    [...new Set(names)].filter(name => !isImplicit(assignment, name))
  const ignored = (names: readonly ClassName[], origin: Origin): Diagnostic[] =>
    names
      .filter(name => isImplicit(assignment, name))
      .map(name => warningAt('implicit-class', `${name} is in every list; giving it has no effect`, origin))
  return {
    assignment: { ...assignment, facts: given(assignment.facts), added: given(assignment.added) },
    diagnostics: [...ignored(assignment.facts, FACT_ORIGIN), ...ignored(assignment.added, CALLER_ORIGIN)],
  }
}
