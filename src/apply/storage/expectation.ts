import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { ReadCommand } from '../../inspect/runner.ts'
import { devnoOf, readBlockDevice } from '../../inspect/storage/block-device.ts'
import { readSignature } from '../../inspect/storage/read-disk.ts'
import { parseGroups, REPORTS } from '../../inspect/storage/volume-groups.ts'
import type { Expectation } from '../../plan/disk/storage-plan.ts'
import { tableDifferences } from '../partition-table.ts'
import { currentDevno, waitForDevice } from './kernel.ts'

/** What looking at a device takes. */
export type Looking = { readonly read: ReadCommand; readonly signal: AbortSignal }

/** Where the machine is not what a step should have made of it, wanted before found; empty where it is. */
export const findDifferences = async (
  expected: Expectation,
  looking: Looking,
): Promise<readonly string[]> => {
  const { read, signal } = looking
  switch (expected.kind) {
    case 'table':
      return tableDifferences(expected.table, await read(['sfdisk', '--json', expected.device], signal))
    case 'content':
      return contentDifferences(expected, looking)
    case 'blank': {
      const { content, tableType } = await readSignature(expected.device, looking)
      const found = content?.type ?? tableType
      return found === undefined ? [] : [`${expected.device} was to be blank, found ${found}`]
    }
    case 'device':
      return deviceDifferences(expected)
    case 'absent':
      return (await isPresent(expected.device)) ? [`${expected.device} is still there`] : []
    case 'group':
      return groupDifferences(expected, looking)
  }
}

const contentDifferences = async (
  expected: Extract<Expectation, { kind: 'content' }>,
  looking: Looking,
): Promise<readonly string[]> => {
  const { content } = await readSignature(expected.device, looking)
  const pairs = [
    ['type', expected.type, content?.type],
    ['uuid', expected.uuid, content?.uuid],
    ['label', expected.label, content?.label],
  ] as const
  return pairs.flatMap(([what, wanted, found]) =>
    wanted === undefined || wanted === found
      ? []
      : [`${what} of ${expected.device} did not match (wanted ${wanted}, found ${found ?? 'none'})`],
  )
}

const deviceDifferences = async ({
  device,
  sizeBytes,
}: Extract<Expectation, { kind: 'device' }>): Promise<readonly string[]> => {
  const devno = await waitForDevice(device)
  if (devno === undefined) return [`${device} is not there`]
  const found = await readBlockDevice(devno)
  return sizeBytes === undefined || sizeBytes === found.sizeBytes
    ? []
    : [`size of ${device} did not match (wanted ${sizeBytes} bytes, found ${found.sizeBytes})`]
}

/** Whether a device is there for the kernel. An array that was stopped may keep its number, without members. */
export const isPresent = async (device: string): Promise<boolean> => {
  const devno = await currentDevno(device)
  if (devno === undefined) return false
  const { name } = await readBlockDevice(devno)
  const state = await readFile(`/sys/block/${basename(name)}/md/array_state`, 'utf8').catch(() => 'none')
  return state.trim() !== 'clear'
}

const groupDifferences = async (
  { name, physicalVolumes }: Extract<Expectation, { kind: 'group' }>,
  { read, signal }: Looking,
): Promise<readonly string[]> => {
  const report = (program: keyof typeof REPORTS): Promise<string> =>
    read([program, '--reportformat', 'json', '-o', REPORTS[program]], signal)
  const [vgs, pvs] = await Promise.all([report('vgs'), report('pvs')])
  const group = parseGroups({ vgs, pvs, lvs: '{"report":[]}' }).find(each => each.name === name)
  const [wanted, found] = await Promise.all([physicalVolumes, group?.physicalVolumes ?? []].map(devnosOf))
  if (String(wanted) === String(found)) return []
  const [want, have] = [physicalVolumes, group?.physicalVolumes ?? []].map(list => list.join(' ') || 'none')
  return [`physical volumes of ${name} did not match (wanted ${want}, found ${have})`]
}

/** LVM may call a device by another of its names. */
const devnosOf = async (devices: readonly string[]): Promise<readonly string[]> =>
  (await Promise.all(devices.map(device => devnoOf(device).catch(() => device)))).sort()
