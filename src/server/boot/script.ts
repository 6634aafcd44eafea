import { bootWords, isBootWord, isPathBelow } from '../../model/boot-word.ts'
import { parseHostname } from '../../model/host-query.ts'
import type { BootHost } from '../boot-host.ts'
import { type BootConfig, imageFor } from './boot-config.ts'
import type { BootState } from './state.ts'

/** What a script makes a machine boot. */
export type BootScript =
  | { readonly kind: 'local'; readonly title: string }
  | {
      readonly kind: 'image'
      readonly title: string
      /** Below the root of HTTP and TFTP. */
      readonly kernel: string
      readonly initrd: string
      /** The kernel command line; every word is a `isBootWord`. */
      readonly words: readonly string[]
    }

/** For whom a script is. */
export type ScriptRequest = {
  /** In lower case, with colons. */
  readonly mac: string
  /** `http://ADDRESS:PORT` of this server. */
  readonly serverUrl: string
  readonly config: BootConfig
}

/** Something that would be in a script could be read as something else, or does not fit; nothing is booted then. */
export class BootScriptError extends Error {
  override readonly name = 'BootScriptError'
}

/**
 * What a host boots. A token is given where it is `armed`. Throws `BootScriptError`. Pure.
 *
 *     state       boots
 *     local       its disk
 *     armed       the image, and is installed
 *     rescue      the image, for somebody to log in
 *     failed      as `afterFailure` says: its disk, or the image as for rescue
 *     installing  as failed
 */
export const hostScript = (
  host: BootHost,
  state: BootState,
  token: string | undefined,
  request: ScriptRequest,
): BootScript => {
  const { config } = request
  for (const name of [host.short, host.fqdn])
    if (parseHostname(name) !== name) throw new BootScriptError(`${JSON.stringify(name)} is no host name`)
  const title = `${host.fqdn}: ${state}`
  if (state === 'armed' && token !== undefined) {
    const words = [...actionWords('install', config.flags, request), `hostname=${host.short}`]
    return imageScript(
      title,
      [...words, ...serverWords(request), `FAI_CLASSES_TOKEN=${token}`],
      host.classes,
      config,
    )
  }
  const isRescue =
    state === 'rescue' || ((state === 'failed' || state === 'installing') && config.afterFailure === 'rescue')
  if (!isRescue) return { kind: 'local', title }
  const words = [...actionWords('sysinfo', rescueFlags(config.flags), request), `hostname=${host.short}`]
  return imageScript(title, [...words, ...serverWords(request)], host.classes, config)
}

/**
 * The script of a machine that nobody knows: it says what it is, and stays. Were it to boot again by itself, it would do so for ever.
 * Throws `BootScriptError`. Pure.
 */
export const discoverScript = (request: ScriptRequest): BootScript => {
  const { mac, config } = request
  // Hardware is told without a config space, whose classes are those of hosts.
  const bare = { ...request, config: { ...config, configSpace: undefined } }
  const words = [...actionWords('inventory', stayingFlags(config.flags), bare), ...serverWords(request)]
  return imageScript(`${mac}: unknown`, words, [], config)
}

const stayingFlags = (flags: readonly string[]): readonly string[] =>
  flags.filter(flag => flag !== 'reboot' && flag !== 'halt')

/** Flags that give somebody a shell (fai-semantics.md, section 2.7), and none that ends it. */
const rescueFlags = (flags: readonly string[]): readonly string[] => [
  ...new Set([...stayingFlags(flags), 'createvt', 'sshd']),
]

const actionWords = (
  action: 'install' | 'sysinfo' | 'inventory',
  flags: readonly string[],
  { mac, config: { configSpace } }: ScriptRequest,
): readonly string[] => [
  `FAI_ACTION=${action}`,
  ...(flags.length === 0 ? [] : [`FAI_FLAGS=${flags.join(',')}`]),
  ...(configSpace === undefined ? [] : [`FAI_CONFIG_SRC=${configSpace}`]),
  `BOOTIF=01-${mac.replaceAll(':', '-')}`,
]

const serverWords = ({ serverUrl }: ScriptRequest): readonly string[] => [`FAI_CLASSES_SERVER=${serverUrl}`]

/** The kernel cuts what is longer (COMMAND_LINE_SIZE of x86 and arm64, with the NUL at its end). */
const MOST_OCTETS = 2047

const imageScript = (
  title: string,
  ownWords: readonly string[],
  classes: BootHost['classes'],
  config: BootConfig,
): BootScript => {
  const { kernel, initrd, cmdline } = imageFor(config, classes)
  const words = [...bootWords(cmdline), ...ownWords]
  const wrong = words.find(word => !isBootWord(word))
  if (wrong !== undefined) throw new BootScriptError(`${JSON.stringify(wrong)} cannot stand in a boot script`)
  const path = [kernel, initrd].find(each => !isPathBelow(each))
  if (path !== undefined) throw new BootScriptError(`${JSON.stringify(path)} is no file below the root`)
  const octets = words.join(' ').length
  if (octets > MOST_OCTETS)
    throw new BootScriptError(`the kernel command line has ${octets} octets of at most ${MOST_OCTETS}`)
  return { kind: 'image', title, kernel, initrd, words }
}
