import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How an image is started. */
export type BootOptions = {
  /** Raw disk image; what the machine writes is thrown away. */
  readonly image: string
  /** Text of the serial console, without control sequences, at which the machine has got far enough. */
  readonly until: RegExp
  /** The machine is killed after this time, whatever it does. */
  readonly timeoutSeconds: number
}

/** What the machine said until then. */
export type Boot = { readonly console: string; readonly seconds: number }

const FIRMWARE = '/usr/share/OVMF'
/** Colours and cursor movements of firmware, GRUB and systemd (ECMA-48, section 5.4). */
const CONTROL_SEQUENCE = new RegExp(
  `${String.fromCharCode(27)}(?:\\[[0-9;?=]*[A-Za-z]|[()][A-Z0-9])|\\r`,
  'g',
)
const SHOWN_LINES = 40
/** Between asking the machine to end and killing it. */
const GRACE_MS = 5000

/**
 * Boots an image under UEFI and resolves once its serial console says what is waited for. Rejects with the end of
 * the console after the time limit, or where the machine ends by itself. Always emulated: a `/dev/kvm` that opens is no
 * promise that a guest runs on it.
 */
export const bootImage = async ({ image, until, timeoutSeconds }: BootOptions): Promise<Boot> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-qemu-'))
  try {
    const variables = join(directory, 'vars.fd')
    await copyFile(`${FIRMWARE}/OVMF_VARS_4M.fd`, variables)
    return await runMachine(machineArguments(image, variables), until, timeoutSeconds)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const machineArguments = (image: string, variables: string): readonly string[] => [
  ...['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '768'],
  ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-nic', 'none', '-no-reboot'],
  ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${FIRMWARE}/OVMF_CODE_4M.fd`],
  ...['-drive', `if=pflash,format=raw,unit=1,file=${variables}`],
  ...['-drive', `if=virtio,format=raw,snapshot=on,file=${image}`],
]

const runMachine = async (args: readonly string[], until: RegExp, timeoutSeconds: number): Promise<Boot> => {
  const started = performance.now()
  // timeout(1) ends the machine even where the test itself is killed.
  const machine = spawn('timeout', ['--signal=KILL', String(timeoutSeconds), 'qemu-system-x86_64', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = once(machine, 'close')
  const kill = (): void => killGroup(machine.pid)
  process.once('exit', kill)
  let heard = ''
  try {
    const said = await new Promise<string | undefined>((resolve, reject) => {
      const listen = (chunk: string): void => {
        heard += chunk
        const text = heard.replace(CONTROL_SEQUENCE, '')
        if (until.test(text)) resolve(text)
      }
      machine.stdout.setEncoding('utf8').on('data', listen)
      machine.stderr.setEncoding('utf8').on('data', listen)
      machine.once('error', reject)
      ended.then(() => resolve(undefined), reject)
    })
    const seconds = (performance.now() - started) / 1000
    if (said !== undefined) return { console: said, seconds }
    const last = heard.replace(CONTROL_SEQUENCE, '').split('\n').slice(-SHOWN_LINES).join('\n')
    throw new Error(
      `the machine ended after ${Math.round(seconds)} s without ${until}; its console:\n${last}`,
    )
  } finally {
    process.off('exit', kill)
    // timeout(1) hands SIGTERM on and waits for the machine; the group is for one that does not end.
    machine.kill('SIGTERM')
    const late = setTimeout(kill, GRACE_MS)
    await ended.catch(() => undefined)
    clearTimeout(late)
  }
}

/** Ends the machine and the program that limits its time. */
const killGroup = (pid: number | undefined): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
