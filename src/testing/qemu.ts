import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'

/** A machine, and where it runs. */
export type MachineOptions = {
  /** Of `qemu-system-x86_64`, beside those that every machine has. */
  readonly args: readonly string[]
  readonly memoryMib: number
  /** The machine is killed after this time, whatever it does. */
  readonly timeoutSeconds: number
  /** Command in front, such as one that enters a network namespace. */
  readonly enter?: readonly string[]
}

/** What a machine said until then. */
export type Boot = { readonly console: string; readonly seconds: number }

/** A machine that is switched on; its serial console is text without control sequences. */
export type Machine = {
  /** Resolves once the console says what is waited for; rejects with its end where the machine ends before. */
  readonly until: (pattern: RegExp) => Promise<Boot>
  /** Resolves when the machine has ended by itself; rejects with the end of its console where the time limit ended it. */
  readonly off: () => Promise<Boot>
  /** Types at the console. */
  readonly type: (text: string) => void
  /** Switches it off. */
  readonly stop: () => Promise<void>
}

/** How an image is started. */
export type BootOptions = Pick<MachineOptions, 'timeoutSeconds'> & {
  /** Raw disk image; what the machine writes is thrown away. */
  readonly image: string
  /** At what of the console the machine has got far enough. */
  readonly until: RegExp
}

const FIRMWARE = '/usr/share/OVMF'
const ESCAPE = String.fromCharCode(27)
/** Colours and cursor movements of firmware, GRUB and systemd (ECMA-48, section 5.4). */
const CONTROL_SEQUENCE = new RegExp(`${ESCAPE}(?:\\[[0-9;?=]*[A-Za-z]|[()][A-Z0-9])|\\r`, 'g')
const UNFINISHED_SEQUENCE = new RegExp(`${ESCAPE}(?:\\[[0-9;?=]*|[()])?$`)
const SHOWN_LINES = 40
/** Between asking the machine to end and killing it. */
const GRACE_MS = 5000

/** Boots an image under UEFI, without a network, and resolves once its serial console says what is waited for. */
export const bootImage = ({ image, until, timeoutSeconds }: BootOptions): Promise<Boot> =>
  withFirmware(async firmware => {
    const args = ['-nic', 'none', ...firmware, '-drive', `if=virtio,format=raw,snapshot=on,file=${image}`]
    const machine = startMachine({ args, memoryMib: 768, timeoutSeconds })
    try {
      return await machine.until(until)
    } finally {
      await machine.stop()
    }
  })

/** Runs `use` with the arguments that make a machine one with UEFI, with variables of its own. */
export const withFirmware = async <T>(use: (args: readonly string[]) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-qemu-'))
  try {
    const variables = join(directory, 'vars.fd')
    await copyFile(`${FIRMWARE}/OVMF_VARS_4M.fd`, variables)
    return await use([
      ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${FIRMWARE}/OVMF_CODE_4M.fd`],
      ...['-drive', `if=pflash,format=raw,unit=1,file=${variables}`],
    ])
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/**
 * Switches a machine on. It ends where it would start anew. Always emulated: a `/dev/kvm` that opens is no promise that a
 * guest runs on it.
 */
export const startMachine = ({ args, memoryMib, timeoutSeconds, enter = [] }: MachineOptions): Machine => {
  const started = performance.now()
  const [program = '', ...words] = [
    ...enter,
    // timeout(1) ends the machine even where the test itself is killed.
    ...['timeout', '--signal=KILL', String(timeoutSeconds), 'qemu-system-x86_64'],
    ...[
      '-machine',
      'q35,graphics=off',
      '-accel',
      'tcg,thread=multi',
      '-cpu',
      'max',
      '-smp',
      '2',
      '-m',
      String(memoryMib),
    ],
    ...['-display', 'none', '-monitor', 'none', '-serial', 'stdio', '-no-reboot', ...args],
  ]
  const child = spawn(program, words, { stdio: 'pipe', detached: true })
  const kill = (): void => killGroup(child.pid)
  const forget = atExit(kill)
  const console = hearConsole(child)
  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? undefined))
  }).finally(forget)
  ended.catch(() => undefined)

  const boot = (): Boot => ({ console: console.text(), seconds: (performance.now() - started) / 1000 })
  const failure = (what: string): Error => {
    const said = boot()
    const last = said.console.split('\n').slice(-SHOWN_LINES).join('\n')
    return new Error(`the machine ended after ${Math.round(said.seconds)} s ${what}; its console:\n${last}`)
  }
  return {
    until: pattern => {
      const { promise, resolve, reject } = Promise.withResolvers<Boot>()
      const forget = console.onText(text => {
        if (pattern.test(text)) resolve(boot())
      })
      ended.then(() => reject(failure(`without ${pattern}`)), reject)
      return promise.finally(forget)
    },
    off: async () => {
      if ((await ended) !== 0) throw failure('with an error or because its time was over')
      return boot()
    },
    type: text => void child.stdin.write(text),
    stop: async () => {
      // timeout(1) hands SIGTERM on and waits for the machine; the group is for one that does not end.
      child.kill('SIGTERM')
      const late = setTimeout(kill, GRACE_MS)
      await ended.catch(() => undefined)
      clearTimeout(late)
    },
  }
}

/** The text of a console as it grows; `onText` calls at once and at each growth until its answer is called. */
const hearConsole = (child: ChildProcessWithoutNullStreams) => {
  let text = ''
  let pending = ''
  const listeners = new Set<(text: string) => void>()
  const hear = (chunk: string): void => {
    pending += chunk
    const whole = pending.search(UNFINISHED_SEQUENCE)
    const end = whole < 0 ? pending.length : whole
    text += pending.slice(0, end).replace(CONTROL_SEQUENCE, '')
    pending = pending.slice(end)
    for (const listener of listeners) listener(text)
  }
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear)
  // What is typed into a machine that has ended is lost.
  child.stdin.on('error', () => undefined)
  return {
    text: () => text,
    onText: (listener: (text: string) => void) => {
      listeners.add(listener)
      listener(text)
      return () => void listeners.delete(listener)
    },
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
