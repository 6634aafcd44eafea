import type { FoundArray, Storage } from '../../../model/storage.ts'
import { arrayDevice } from './device-name.ts'
import type { Stack, StackedArray } from './stack.ts'

/**
 * The array that is there on the members of a configured one, whatever its number. Pure. Undefined where no member has
 * one, `other` where the members differ; those written as `missing` may be absent.
 */
export const foundArrayOf = (
  { members, spares }: Pick<StackedArray, 'members' | 'spares'>,
  arrays: readonly FoundArray[],
): FoundArray | 'other' | undefined => {
  const wanted = [...members, ...spares].filter(device => device !== 'missing')
  const touching = arrays.filter(array => devicesOf(array).some(device => wanted.includes(device)))
  const [found, ...more] = touching
  if (found === undefined) return undefined
  const there = devicesOf(found)
  const isSame =
    wanted.every(device => there.includes(device)) && there.every(device => wanted.includes(device))
  return isSame && more.length === 0 ? found : 'other'
}

const devicesOf = ({ members, spares }: FoundArray): readonly string[] => [...members, ...spares]

/** Names by which a device of the configuration may be known now: an array may run under another number. Pure. */
export const physicalVolumeNames = (device: string, stack: Stack, { arrays }: Storage): readonly string[] => {
  const array = stack.arrays.find(each => each.device === device)
  const found = array && foundArrayOf(array, arrays)
  return found === undefined || found === 'other' ? [device] : [found.device, arrayDevice(found.device)]
}
