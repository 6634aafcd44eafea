import type { CommandModule } from 'yargs'
import { type Diagnostic, errorAt, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts'
import { resolveOne } from '../live/resolve-one.ts'
import { definitionsOf } from '../model/catalog.ts'
import { type ClassName, parseClassName } from '../model/class-name.ts'
import { parseHostQuery } from '../model/host-query.ts'
import { nearestHint } from '../model/nearest.ts'
import { type ClassGraph, graphOfClasses, spellingOf } from '../resolve/class-graph.ts'
import { definitionLinks } from '../resolve/definition-links.ts'
import { graphOfHost } from '../resolve/host-graph.ts'
import { findHost } from '../source/find-host.ts'
import { nameOf } from '../source/order.ts'
import { type CommandDeps, complainAll, EXIT } from './deps.ts'
import { openSite, type SiteArgs, withSiteOptions } from './site-args.ts'
import type { SiteAnswer, WholeSite } from './whole-site.ts'

const FORMATS = ['dot', 'mermaid', 'svg', 'json'] as const

type GraphArgs = SiteArgs & { name: string | undefined; format: (typeof FORMATS)[number] }

/** `graph [CLASS|HOST]`: draws dependencies of classes, or the list of a host with its reasons. */
export const graphCommand = (deps: CommandDeps): CommandModule<object, GraphArgs> => ({
  command: 'graph [name]',
  describe: 'draw what classes need, or why a host has its classes',
  builder: yargs =>
    withSiteOptions(yargs)
      .positional('name', { type: 'string', describe: 'a class or a host; all classes without one' })
      .option('format', { choices: FORMATS, default: 'dot' as const, describe: 'what to print' }),
  handler: async args => {
    const answer = await openSite(args, deps)
    const drawn = answer.site && (await drawGraph(answer.site, args.name, deps.signal))
    const diagnostics = [...answer.diagnostics, ...(drawn?.diagnostics ?? [])]
    complainAll(deps, diagnostics)
    if (args.format === 'json')
      deps.print(JSON.stringify(graphObject(answer, drawn?.value, diagnostics), undefined, 2))
    else if (drawn?.value !== undefined) deps.print((await render(drawn.value, args.format)).trimEnd())
    deps.setExitCode(
      drawn === undefined ? answer.exitCode : hasErrors(diagnostics) ? EXIT.findings : EXIT.done,
    )
  },
})

/**
 *     the name is                           drawn
 *     absent                                all classes
 *     a class, in this spelling             what it needs and what needs it
 *     a host                                its list with reasons
 *     a class, in another spelling          what it needs and what needs it
 *     none of them                          nothing: host-not-found, with the nearest name
 */
const drawGraph = async (
  site: WholeSite,
  name: string | undefined,
  signal: AbortSignal,
): Promise<Outcome<ClassGraph>> => {
  if (name === undefined) return drawClasses(site, undefined)
  const links = definitionLinks(site.knowledge.catalog)
  const asClass = parseClassName(name)
  if (asClass !== undefined && links.has(asClass)) return drawClasses(site, asClass)

  const query = parseHostQuery(name)
  const found = query && (await findHost(site.sources, query, signal))
  if (found?.value !== undefined) {
    const { resolved } = await resolveOne(site, found.value, signal)
    const graph =
      resolved.value && graphOfHost(nameOf(found.value), resolved.value.explain(), site.knowledge.catalog)
    return { value: graph, diagnostics: [...found.diagnostics, ...resolved.diagnostics] }
  }
  const isUnknown = found?.diagnostics.every(({ code }) => code === 'host-not-found') ?? true
  if (!isUnknown) return { value: undefined, diagnostics: found?.diagnostics ?? [] }
  if (asClass !== undefined && spellingOf(asClass, links) !== undefined) return drawClasses(site, asClass)
  return { value: undefined, diagnostics: [notFound(name, [...links.keys()], site)] }
}

/** Definitions that are drawn and have errors lack links in the picture, so these are told. */
const drawClasses = (
  { knowledge: { catalog } }: WholeSite,
  focus: ClassName | undefined,
): Outcome<ClassGraph> => {
  const graph = graphOfClasses(catalog, focus)
  const diagnostics = graph.nodes.flatMap(({ id }) =>
    definitionsOf(catalog, id as ClassName).flatMap(definition => definition.diagnostics),
  )
  return { value: graph, diagnostics }
}

const notFound = (name: string, classes: readonly string[], { hosts }: WholeSite): Diagnostic => {
  const hint = nearestHint(name, [...classes, ...hosts.map(({ short }) => short), ...hosts.map(nameOf)])
  return errorAt('host-not-found', `no source knows a class or host "${name}"${hint}`, {
    kind: 'option',
    option: 'CLASS|HOST',
  })
}

/** Renderers are loaded when they are needed: the one of pictures brings its library. */
const render = async (graph: ClassGraph, format: Exclude<GraphArgs['format'], 'json'>): Promise<string> => {
  switch (format) {
    case 'dot':
      return (await import('../report/graph-dot.ts')).renderDot(graph)
    case 'mermaid':
      return (await import('../report/graph-mermaid.ts')).renderMermaid(graph)
    case 'svg':
      return (await import('../report/graph-svg.ts')).renderSvg(graph)
  }
}

/** The object of `graph --format json`; its shape is in `schema/graph.schema.json`. */
const graphObject = (
  { states }: Pick<SiteAnswer, 'states'>,
  graph: ClassGraph | undefined,
  diagnostics: readonly Diagnostic[],
): object => ({ ...graph, sources: states, diagnostics })
