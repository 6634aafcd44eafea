import { errorAt, type Outcome } from '../diagnostic/diagnostic.ts'
import { type ClassName, parseClassName } from '../model/class-name.ts'
import { parseConfigSpaceUri } from '../model/config-space-uri.ts'
import { parseHostname, parseMac } from '../model/host-query.ts'

/** What the kernel's command line asks of the netboot image. */
export type NetbootParameters = {
  /** `install`, `sysinfo`, `inventory`, or another one of the config space. */
  readonly action: string
  /** `FAI_FLAGS`. */
  readonly flags: readonly string[]
  /** `ADDCLASSES`. */
  readonly added: readonly ClassName[]
  /** `FAI_CONFIG_SRC`, a URI or a path. */
  readonly configSpace?: string
  /** Short or full, in lower case. */
  readonly hostname?: string
  /** Of the network card that booted, with colons: `BOOTIF`. */
  readonly mac?: string
  /** The network card to use instead: `ethdevice`. */
  readonly device?: string
  /** The URL of a script to run once the network is there: `netscript`. */
  readonly netscript?: string
  /** `http://ADDRESS:PORT` of the boot server. */
  readonly server?: string
  /** For the order of an installation, once. */
  readonly token?: string
}

const isHttp = (text: string): boolean => /^https?:\/\/[^\s]+$/.test(text) && URL.canParse(text)

/** What each parameter looks like, and how that is said. */
const GRAMMAR: Readonly<Record<string, readonly [(text: string) => boolean, string]>> = {
  FAI_ACTION: [text => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text), 'the name of an action'],
  FAI_FLAGS: [
    text => words(text).every(flag => /^[A-Za-z0-9_]+$/.test(flag)),
    'names of flags with commas between',
  ],
  ADDCLASSES: [
    text => words(text).every(name => parseClassName(name) !== undefined),
    'names of classes with commas between',
  ],
  FAI_CONFIG_SRC: [text => parseConfigSpaceUri(text, '/').value !== undefined, 'the URI of a config space'],
  hostname: [text => parseHostname(text) !== undefined, 'the name of a host'],
  BOOTIF: [text => parseMac(macOf(text)) !== undefined, 'a MAC as 01-52-54-00-12-34-56'],
  ethdevice: [text => /^[A-Za-z0-9_.-]{1,15}$/.test(text), 'the name of a network card'],
  netscript: [isHttp, 'an http or https URL'],
  FAI_CLASSES_SERVER: [isHttp, 'an http or https URL'],
  FAI_CLASSES_TOKEN: [text => /^[A-Za-z0-9_-]{1,128}$/.test(text), 'a token'],
}

/** Checks what the command line says; each parameter that is wrong is named in a `kernel-parameter-invalid`. Pure. */
export const parseNetbootParameters = (given: ReadonlyMap<string, string>): Outcome<NetbootParameters> => {
  const origin = { kind: 'file', path: '/proc/cmdline' } as const
  const diagnostics = Object.entries(GRAMMAR).flatMap(([name, [isGood, what]]) => {
    const text = given.get(name) ?? ''
    const isNeeded = name === 'FAI_ACTION'
    if (text === '' ? !isNeeded : isGood(text)) return []
    // A token that is cut or doubled is one still.
    const shown = name === 'FAI_CLASSES_TOKEN' ? '' : `, found "${text}"`
    return [errorAt('kernel-parameter-invalid', `${name} is ${what}${shown}`, origin)]
  })
  return { value: diagnostics.length === 0 ? valuesOf(given) : undefined, diagnostics }
}

const valuesOf = (given: ReadonlyMap<string, string>): NetbootParameters => {
  const text = (name: string): string | undefined => given.get(name) || undefined
  return {
    action: text('FAI_ACTION') ?? '',
    flags: words(text('FAI_FLAGS') ?? ''),
    added: words(text('ADDCLASSES') ?? '').flatMap(name => parseClassName(name) ?? []),
    ...present({
      configSpace: text('FAI_CONFIG_SRC'),
      hostname: parseHostname(text('hostname') ?? ''),
      mac: parseMac(macOf(text('BOOTIF') ?? '')),
      device: text('ethdevice'),
      netscript: text('netscript'),
      server: text('FAI_CLASSES_SERVER')?.replace(/\/+$/, ''),
      token: text('FAI_CLASSES_TOKEN'),
    }),
  }
}

const present = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  )

const words = (text: string): readonly string[] => text.split(/[,\s]+/).filter(word => word !== '')

/** PXE puts the kind of hardware before it: 01 is Ethernet. */
const macOf = (text: string): string => text.replace(/^01[-:](?=(?:[0-9A-Fa-f]{2}[-:]){5})/, '')
