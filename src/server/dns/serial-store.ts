import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { EnvironmentError } from '../../diagnostic/environment-error.ts'

/** Serials of the published zone, of which none is given twice, whatever happens to this process. */
export type SerialStore = {
  /** The serial after the last one (RFC 1982). Throws `EnvironmentError` where it could not be written down before. */
  readonly next: () => number
}

/** How many serials are written down as given at once: so often is the disk asked, and so many are lost at a start. */
const RESERVED = 1000

/**
 * Opens the file that has the highest serial which may have been given, and reserves the next ones. Where there is no file, the first
 * serial is the time in seconds, so that a state directory that was lost does not make the zone older. Throws
 * `EnvironmentError` where the file is damaged, or cannot be read or written.
 *
 *     serial 1795000999
 */
export const openSerialStore = (path: string, nowSeconds: number): SerialStore => {
  let last = readSerial(path) ?? previous(nowSeconds)
  let reserved = last
  let fault: EnvironmentError | undefined
  const reserve = (): void => {
    const wanted = (last + RESERVED) >>> 0
    try {
      writeSerial(path, wanted)
      reserved = wanted
      fault = undefined
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      fault = new EnvironmentError(`the serial of the zone cannot be written to ${path}: ${reason}`, {
        cause,
      })
    }
  }
  reserve()
  if (fault !== undefined) throw fault
  return {
    next: () => {
      // Ahead of need: a disk that is full for a while stops nobody.
      if (leftOf(last, reserved) <= RESERVED / 2) reserve()
      if (fault !== undefined && leftOf(last, reserved) === 0) throw fault
      last = (last + 1) >>> 0
      return last
    },
  }
}

const leftOf = (last: number, reserved: number): number => (reserved - last) >>> 0

const previous = (serial: number): number => (serial - 1) >>> 0

const readSerial = (path: string): number | undefined => {
  let text: string
  try {
    text = readFileSync(path, 'latin1')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new EnvironmentError(`the serial of the zone cannot be read: ${String(cause)}`, { cause })
  }
  const match = /^serial ([0-9]{1,10})\n$/.exec(text)
  if (match === null || Number(match[1]) > 0xffffffff) {
    throw new EnvironmentError(
      `${path} is damaged; write a line "serial N" into it, with N above the serial that the secondaries have`,
    )
  }
  return Number(match[1])
}

/** On the disk whole, or the file before. */
const writeSerial = (path: string, serial: number): void => {
  mkdirSync(dirname(path), { recursive: true })
  const part = `${path}.part`
  const file = openSync(part, 'w', 0o600)
  try {
    writeSync(file, `serial ${serial}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(part, path)
  const directory = openSync(dirname(path), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
