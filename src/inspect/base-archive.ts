import { join } from 'node:path'
import { errorAt, type Origin, type Outcome, warningAt } from '../diagnostic/diagnostic.ts'
import { SourceError } from '../diagnostic/source-error.ts'
import { ARCHIVE_SUFFIXES, type BaseArchive } from '../model/archive.ts'
import { CURL } from '../model/curl.ts'
import { namesIn } from './folder.ts'
import type { ReadCommand } from './runner.ts'

/** FAI's `FAI_BASEFILEURL`, and where it is written. */
export type BaseUrl = { readonly text: string; readonly origin: Origin }

/** What finding a base archive depends on. */
export type BaseArchiveQuery = {
  /** Directory of the config space. */
  readonly configSpace: string
  /** Lowest priority first. */
  readonly classes: readonly string[]
  readonly url?: BaseUrl
}

/**
 * The base archive of a host (fai-semantics.md, section 2.3): that of the highest class which has one in `basefiles/` or
 * at the URL, there before here. No value where none has. A URL that cannot be listed is `base-source-missing`.
 */
export const findBaseArchive = async (
  { configSpace, classes, url }: BaseArchiveQuery,
  read: ReadCommand,
  signal: AbortSignal,
): Promise<Outcome<BaseArchive>> => {
  const folder = join(configSpace, 'basefiles')
  const local = await namesIn(folder)
  const remote = url === undefined ? undefined : await listUrl(url, read, signal)
  const names = remote?.value ?? []
  const chosen = chooseArchive(classes, local, names)
  const diagnostics = [...(remote?.diagnostics ?? [])]
  if (url !== undefined && remote?.value !== undefined && chooseArchive(classes, [], names) === undefined) {
    const message = `no class of the host has a base archive at ${url.text}`
    diagnostics.push(warningAt('base-source-missing', message, url.origin))
  }
  if (chosen === undefined) return { value: undefined, diagnostics }
  const place: BaseArchive['place'] = chosen.isRemote
    ? { kind: 'url', url: new URL(chosen.name, directoryUrl(url?.text ?? '')).href }
    : { kind: 'file', path: join(folder, chosen.name) }
  return { value: { class: chosen.class, place }, diagnostics }
}

/** The name of the archive of the highest class; of the two places, that of the config space comes first. Pure. */
export const chooseArchive = (
  classes: readonly string[],
  local: readonly string[],
  remote: readonly string[],
): { class: string; name: string; isRemote: boolean } | undefined => {
  for (const className of classes.toReversed()) {
    for (const [isRemote, names] of [[false, local] as const, [true, remote] as const]) {
      const name = ARCHIVE_SUFFIXES.map(suffix => `${className}.${suffix}`).find(each => names.includes(each))
      if (name !== undefined) return { class: className, name, isRemote }
    }
  }
  return undefined
}

/** Names of files that the listing of a directory links to: `href="NAME"`. Pure. */
export const parseListing = (text: string): readonly string[] =>
  [...text.matchAll(/href\s*=\s*["']?(?:\.\/)?([A-Za-z0-9_.-]+)["'\s>]/gi)].flatMap(([, name]) => name ?? [])

const LIMITS = ['--max-time', '50', '--max-filesize', String(2 ** 24)]

const listUrl = async (
  { text, origin }: BaseUrl,
  read: ReadCommand,
  signal: AbortSignal,
): Promise<Outcome<readonly string[]>> => {
  if (!/^https?:\/\/[^/]/.test(text)) {
    const message = `FAI_BASEFILEURL is an http or https URL of a directory, found "${text}"`
    return { value: undefined, diagnostics: [errorAt('bad-variable', message, origin)] }
  }
  try {
    return {
      value: parseListing(await read([...CURL, ...LIMITS, directoryUrl(text)], signal)),
      diagnostics: [],
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    const message = `the base archives at ${text} cannot be listed: ${error.message}`
    return { value: undefined, diagnostics: [errorAt('base-source-missing', message, origin)] }
  }
}

const directoryUrl = (text: string): string => (text.endsWith('/') ? text : `${text}/`)
