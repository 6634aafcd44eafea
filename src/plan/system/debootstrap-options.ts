import { errorAt, type Origin, type Outcome } from '../../diagnostic/diagnostic.ts'

/** Options of debootstrap, as mmdebstrap has them. */
export type TranslatedOptions = {
  /** As they were written. */
  readonly written: readonly string[]
  /** Those of mmdebstrap. */
  readonly translated: readonly string[]
  /** Those that mmdebstrap does not have. */
  readonly untranslated: readonly string[]
  readonly architecture?: string
  readonly components: readonly string[]
  readonly extraSuites: readonly string[]
  /** Signatures of the archive are not looked at. */
  readonly isTrusted: boolean
}

/** debootstrap(8): options that have a value, in the next word or after `=`. */
const WITH_VALUE = new Set([
  ...['arch', 'cache-dir', 'certificate', 'component', 'components', 'exclude', 'extra-suites', 'extractor'],
  ...[
    'include',
    'keyring',
    'make-tarball',
    'private-key',
    'second-stage-target',
    'unpack-tarball',
    'variant',
  ],
])

/** With these it makes no whole base system: half of one, a list, or a file. */
const NO_SYSTEM = new Set([
  'download-only',
  'foreign',
  'make-tarball',
  'print-debs',
  'second-stage',
  'second-stage-target',
])

/** mmdebstrap does it anyway, or only says more. */
const NOTHING_TO_DO = new Set(['force-check-gpg', 'verbose'])

/** Each variant that both have; without any, debootstrap takes what is required and what is important. */
const VARIANTS: Readonly<Record<string, string>> = { minbase: 'minbase', buildd: 'buildd' }
const DEFAULT_VARIANT = 'important'

/** Reads FAI's `FAI_DEBOOTSTRAP_OPTS`; an option that makes no whole base system is `bad-variable`. Pure. */
export const parseDebootstrapOptions = (text: string, origin: Origin): Outcome<TranslatedOptions> => {
  const written = text.split(/\s+/).filter(word => word !== '')
  const translated: string[] = []
  const untranslated: string[] = []
  let variant: string = DEFAULT_VARIANT
  let rest: Partial<TranslatedOptions> = {}
  for (const { name, value } of splitOptions(written)) {
    if (NO_SYSTEM.has(name)) {
      const message = `FAI_DEBOOTSTRAP_OPTS: --${name} makes no base system that could be installed`
      return { value: undefined, diagnostics: [errorAt('bad-variable', message, origin)] }
    }
    if (name === 'arch') rest = { ...rest, architecture: value }
    else if (/^components?$/.test(name)) rest = { ...rest, components: listOf(value) }
    else if (name === 'extra-suites') rest = { ...rest, extraSuites: listOf(value) }
    else if (name === 'no-check-gpg') rest = { ...rest, isTrusted: true }
    else if (name === 'include' || name === 'keyring') translated.push(`--${name}=${value}`)
    else if (name === 'variant' && VARIANTS[value] !== undefined) variant = VARIANTS[value]
    else if (!NOTHING_TO_DO.has(name)) untranslated.push(`--${name}`)
  }
  const architecture = rest.architecture === undefined ? [] : [`--architectures=${rest.architecture}`]
  const value: TranslatedOptions = {
    components: ['main'],
    extraSuites: [],
    isTrusted: false,
    ...rest,
    written,
    translated: [`--variant=${variant}`, ...architecture, ...translated],
    untranslated,
  }
  return { value, diagnostics: [] }
}

const listOf = (text: string): readonly string[] => text.split(/[,|]/).filter(each => each !== '')

/** Names without their dashes; a word that is no option is the name of one that nobody has. */
const splitOptions = (words: readonly string[]): readonly { name: string; value: string }[] => {
  const options: { name: string; value: string }[] = []
  for (let index = 0; index < words.length; index += 1) {
    const [, name = words[index] ?? '', value] = /^--([^=]+)(?:=(.*))?$/.exec(words[index] ?? '') ?? []
    const isSplit = value === undefined && WITH_VALUE.has(name)
    if (isSplit) index += 1
    options.push({ name, value: (isSplit ? words[index] : value) ?? '' })
  }
  return options
}
