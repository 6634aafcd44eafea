import type { DeviceRef } from './disk-config.ts'
import { type Cursor, expect, originOf, reportInvalid, reportSyntax, take } from './disk-config-cursor.ts'

const DEVICE = '[^0-9,: \\t-][^,: \\t]*(?::spare|:missing)*'
const DEVICES = new RegExp(`${DEVICE}(?:,${DEVICE})*`)

/** Reads a list of devices. `:spare` and `:missing` are for arrays, and not for those of level 0; elsewhere they are reported. */
export const takeDevices = (cursor: Cursor, allowsSpares = false): readonly DeviceRef[] => {
  const match = expect(cursor, DEVICES, 'a list of devices such as "disk1.2,sdb1"')
  if (match === undefined) return []
  if (/[,:]/.test(cursor.text[cursor.at] ?? '')) {
    reportSyntax(cursor, 'the name of a device, ":spare" or ":missing"')
  }
  const devices: DeviceRef[] = []
  let offset = match.index
  for (const word of match[0].split(',')) {
    const device = toDevice(word, cursor, offset)
    if ((device.isSpare || device.isMissing) && !allowsSpares) {
      reportInvalid(cursor, '":spare" and ":missing" are for raid1, raid5, raid6 and raid10', offset)
    }
    devices.push(device)
    offset += word.length + 1
  }
  return devices
}

/** Reads the one device that is encrypted. */
export const takeDevice = (cursor: Cursor): DeviceRef => {
  const start = take(cursor, /(?=.)/)?.index ?? cursor.at
  const [device, second] = takeDevices(cursor)
  if (second !== undefined) reportInvalid(cursor, 'one device was wanted, found a list', start)
  return device ?? toDevice('-', cursor, start)
}

const toDevice = (word: string, cursor: Cursor, offset: number): DeviceRef => {
  const [text = '', ...flags] = word.split(':')
  const [, disk, partition] = /^disk([0-9]+)(?:\.([0-9]+))?$/.exec(text) ?? []
  return {
    text,
    ...(disk === undefined ? {} : { disk: Number(disk) }),
    ...(partition === undefined ? {} : { partition: Number(partition) }),
    isSpare: flags.includes('spare'),
    isMissing: flags.includes('missing'),
    origin: originOf(cursor, offset),
  }
}
