import { SourceError } from '../../diagnostic/source-error.ts'
import { parseMac } from '../../model/host-query.ts'
import type { IdentifyMachine, MachineIdentity } from '../boot-host.ts'
import { printable, type Report } from '../transaction.ts'
import type { BootConfig } from './boot-config.ts'
import type { BootStates } from './boot-states.ts'
import { renderGrubScript } from './grub-script.ts'
import { renderIpxeScript } from './ipxe-script.ts'
import { type BootScript, BootScriptError, discoverScript, hostScript } from './script.ts'
import { BootStoreError } from './store.ts'
import { NO_SECRET } from './token.ts'

/** Who holds an address; undefined in its place where we give no addresses. */
export type LeaseHolders = { readonly macAt: (address: string) => string | undefined }

/** What a machine is told to boot. */
export type ScriptAnswer =
  | {
      readonly kind: 'script'
      readonly text: string
      /** For the log: the host and its state. */
      readonly title: string
    }
  /** `refused`: it is another machine's. `unknown`: nobody knows the machine. `failed`: it cannot be said now. */
  | { readonly kind: 'refused' | 'unknown' | 'failed'; readonly why: string }

/** Who asks for a script, and how. */
export type ScriptQuestion = {
  readonly machine: MachineIdentity
  /** Of whoever asks. */
  readonly address: string
  readonly format: 'ipxe' | 'grub'
  /** Nothing is changed, and the token in the script is none. */
  readonly peek?: boolean
}

/** Scripts by machine, for HTTP and TFTP. */
export type BootScripts = {
  readonly answer: (question: ScriptQuestion) => Promise<ScriptAnswer>
  /**
   * The file `grub/grub.cfg` or `grub/grub.cfg-01-MAC` as TFTP gives it to an address; undefined where the name is another one,
   * or nobody knows the machine. Where it cannot be said what the machine boots, it boots its disk, and does not wait in GRUB.
   */
  readonly generated: (name: string, address: string) => Promise<Buffer | undefined>
}

/** What scripts are made of. */
export type BootScriptsOptions = {
  readonly states: Pick<BootStates, 'read' | 'askScript'>
  readonly identify: IdentifyMachine
  readonly leases?: LeaseHolders | undefined
  readonly boot: BootConfig
  /** `http://ADDRESS:PORT` of this server. */
  readonly serverUrl: string
  readonly unknownHosts: 'ignore' | 'discover'
  readonly report: Report
}

/** Scripts for the machines that `identify` knows. */
export const bootScripts = (options: BootScriptsOptions): BootScripts => {
  const answer = async (question: ScriptQuestion): Promise<ScriptAnswer> => {
    try {
      return await answerScript(question, options)
    } catch (error) {
      if (error instanceof SourceError || error instanceof BootStoreError || error instanceof BootScriptError)
        return { kind: 'failed', why: error.message }
      throw error
    }
  }
  return {
    answer,
    generated: async (name, address) => {
      const mac = macOfName(name, address, options.leases)
      if (mac === undefined) return undefined
      const given = await answer({ machine: { mac }, address, format: 'grub' })
      const [outcome, text] = given.kind === 'script' ? ['served', given.title] : [given.kind, given.why]
      options.report({ protocol: 'boot', client: address, request: 'GRUB', outcome, text: printable(text) })
      if (given.kind === 'script') return Buffer.from(given.text)
      return given.kind === 'failed' ? Buffer.from(renderGrubScript(DISK)) : undefined
    },
  }
}

const DISK: BootScript = { kind: 'local', title: 'it cannot be said now what this machine boots' }

const answerScript = async (
  { machine, address, format, peek = false }: ScriptQuestion,
  { states, identify, leases, boot, serverUrl, unknownHosts }: BootScriptsOptions,
): Promise<ScriptAnswer> => {
  if (leases !== undefined && leases.macAt(address) !== machine.mac)
    return { kind: 'refused', why: `${address} is not the address of ${machine.mac}` }
  const request = { mac: machine.mac, serverUrl, config: boot }
  const render = (script: BootScript): ScriptAnswer => ({
    kind: 'script',
    text: format === 'ipxe' ? renderIpxeScript(script, serverUrl) : renderGrubScript(script),
    title: script.title,
  })
  const host = await identify(machine)
  if (host === 'unknown') {
    return unknownHosts === 'discover'
      ? render(discoverScript(request))
      : { kind: 'unknown', why: `no source knows ${machine.mac}` }
  }
  const { state } = await states.read(host.fqdn)
  // Before a token is made: where no script can be made, nothing changes.
  const preview = render(hostScript(host, state, NO_SECRET, request))
  if (peek) return preview
  const { record, token } = await states.askScript(host.fqdn, address)
  return render(hostScript(host, record.state, token, request))
}

const GRUB_FILE = /^\/*grub\/grub\.cfg(?:-01-([0-9a-fA-F-]{17}))?$/

const macOfName = (name: string, address: string, leases: LeaseHolders | undefined): string | undefined => {
  const match = GRUB_FILE.exec(name)
  if (match === null) return undefined
  return match[1] === undefined ? leases?.macAt(address) : parseMac(match[1])
}
