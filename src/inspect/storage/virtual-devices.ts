import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundArray, FoundEncrypted, FoundGroup, FoundVolume, Storage } from '../../model/storage.ts'
import { parseSuperblock, type Superblock } from './arrays.ts'
import { devnoOf, readBlockDevice } from './block-device.ts'
import { type ReadDisk, type Reading, readSignature, useOf } from './read-disk.ts'
import { parseGroups, REPORTS } from './volume-groups.ts'

type Virtual = Pick<Storage, 'arrays' | 'encrypted' | 'volumeGroups'>

/** Reads what is built on the disks: md arrays, dm-crypt mappings, LVM. Programs are asked only where blkid saw a need. */
export const readVirtual = async (disks: readonly ReadDisk[], reading: Reading): Promise<Virtual> => {
  const names: Names = new Map([
    ...disks.flatMap(({ devices }) => [...devices]),
    ...(await readVirtualNames()),
  ])
  const contents = disks.flatMap(({ disk }) => [
    { device: disk.device, content: disk.content },
    ...(disk.table?.partitions ?? []).map(({ device, content }) => ({ device, content })),
  ])
  const arrays = await readArrays(contents, names, reading)
  const encrypted = await readEncrypted(names, reading)
  const all = [...contents, ...arrays, ...encrypted]
  const hasLvm = all.some(({ content }) => content?.type === 'LVM2_member')
  return { arrays, encrypted, volumeGroups: hasLvm ? await readGroups(names, reading) : [] }
}

type Holder = {
  readonly device: string
  readonly content?: { readonly type: string; readonly uuid?: string } | undefined
}
/** Our names of devices by `MAJOR:MINOR`. */
export type Names = ReadonlyMap<string, string>

/** Our names of running arrays and mapped devices, by `MAJOR:MINOR`. */
export const readVirtualNames = async (): Promise<Names> =>
  new Map(
    await Promise.all(
      (await kernelNames(/^(?:md|dm-)/)).map(
        async name => [await kernelDevno(name), await readVirtualName(name)] as const,
      ),
    ),
  )

/** Our name of an array or a mapped device that the kernel calls `md0` or `dm-0`. */
export const readVirtualName = async (kernelName: string): Promise<string> => {
  const [mapped, uuid] = await Promise.all(
    ['dm/name', 'dm/uuid'].map(file => sysfsText(join(kernelName, file))),
  )
  return mapped ? mappedName(mapped, uuid ?? '') : `/dev/${kernelName}`
}

/** Device of a mapping: LVM writes `vg0-my--volume` for the volume `my-volume` of `vg0`. Pure. */
export const mappedName = (name: string, uuid: string): string => {
  const [, group, volume] = /^((?:[^-]|--)+)-((?:[^-]|--)+)$/.exec(name) ?? []
  if (!uuid.startsWith('LVM-') || group === undefined || volume === undefined) return `/dev/mapper/${name}`
  return `/dev/${group.replaceAll('--', '-')}/${volume.replaceAll('--', '-')}`
}

/** Running arrays from sysfs, which has them all; others from the superblocks of their members. */
const readArrays = async (
  contents: readonly Holder[],
  names: Names,
  reading: Reading,
): Promise<readonly FoundArray[]> => {
  const running = await readRunningArrays(names, reading)
  const taken = new Set(running.flatMap(({ members, spares }) => [...members, ...spares]))
  const idle = contents.filter(
    ({ device, content }) => content?.type === 'linux_raid_member' && !taken.has(device),
  )
  const read = await Promise.all(
    idle.map(async ({ device: member }) => {
      const superblock = await readSuperblock(member, reading)
      return superblock === undefined ? [] : [{ member, ...superblock }]
    }),
  )
  const byArray = Map.groupBy(read.flat(), ({ uuid }) => uuid)
  const stopped = [...byArray].flatMap(([uuid, members]): FoundArray[] =>
    members.slice(0, 1).map(({ device, level }) => ({
      device,
      level,
      uuid,
      isRunning: false,
      members: members.map(({ member }) => member),
      spares: [],
      mountPoints: [],
      holders: [],
    })),
  )
  return [...running, ...stopped].sort((a, b) => (a.device < b.device ? -1 : 1))
}

/** The arrays that run; `names` are our names of what they may be built on, by `MAJOR:MINOR`. */
export const readRunningArrays = async (names: Names, reading: Reading): Promise<readonly FoundArray[]> =>
  Promise.all((await kernelNames(/^md/)).map(name => readRunningArray(name, names, reading)))

const readSuperblock = async (device: string, { read, signal }: Reading): Promise<Superblock | undefined> =>
  parseSuperblock(await read(['mdadm', '--examine', '--export', device], signal))

const readRunningArray = async (name: string, names: Names, reading: Reading): Promise<FoundArray> => {
  const device = `/dev/${name}`
  const found = await readBlockDevice(await kernelDevno(name))
  const attribute = (file: string): Promise<string> => sysfsText(join(name, 'md', file))
  const members = await Promise.all(
    found.slaves.map(async slave => ({
      device: names.get(await kernelDevno(slave)) ?? `/dev/${slave}`,
      isSpare: (await attribute(join(`dev-${slave}`, 'state'))).includes('spare'),
    })),
  )
  const { content } = await readSignature(device, reading)
  const uuid = await attribute('uuid')
  return {
    device,
    level: (await attribute('level')).replace(/^raid/, ''),
    ...(uuid === '' ? {} : { uuid }),
    isRunning: true,
    sizeBytes: found.sizeBytes,
    members: members.filter(({ isSpare }) => !isSpare).map(member => member.device),
    spares: members.filter(({ isSpare }) => isSpare).map(member => member.device),
    ...(content === undefined ? {} : { content }),
    ...useOf(device, found, reading),
  }
}

/** Mappings of device-mapper whose UUID says that cryptsetup made them. */
const readEncrypted = async (names: Names, reading: Reading): Promise<readonly FoundEncrypted[]> => {
  const mapped = await Promise.all(
    (await kernelNames(/^dm-/)).map(async (kernelName): Promise<readonly FoundEncrypted[]> => {
      const uuid = await sysfsText(join(kernelName, 'dm/uuid'))
      if (!uuid.startsWith('CRYPT-')) return []
      const name = await sysfsText(join(kernelName, 'dm/name'))
      const found = await readBlockDevice(await kernelDevno(kernelName))
      const device = `/dev/mapper/${name}`
      const [slave = ''] = found.slaves
      const on = names.get(await kernelDevno(slave)) ?? `/dev/${slave}`
      const { content } = await readSignature(device, reading)
      const held = content === undefined ? {} : { content }
      return [{ name, device, on, ...held, ...useOf(device, found, reading) }]
    }),
  )
  return mapped.flat().sort((a, b) => (a.name < b.name ? -1 : 1))
}

const readGroups = async (names: Names, reading: Reading): Promise<readonly FoundGroup[]> => {
  const { read, signal } = reading
  const report = (program: keyof typeof REPORTS): Promise<string> =>
    read([program, '--reportformat', 'json', '--units', 'b', '--nosuffix', '-o', REPORTS[program]], signal)
  const [vgs, pvs, lvs] = [await report('vgs'), await report('pvs'), await report('lvs')]
  return Promise.all(
    parseGroups({ vgs, pvs, lvs }).map(async ({ physicalVolumes, volumes, ...group }) => ({
      ...group,
      physicalVolumes: (await Promise.all(physicalVolumes.map(path => ownName(path, names)))).sort(),
      volumes: await Promise.all(
        volumes.map(async (volume): Promise<FoundVolume> => {
          if (!volume.isActive) return { ...volume, mountPoints: [], holders: [] }
          const found = await readBlockDevice(await devnoOf(volume.device))
          const { content } = await readSignature(volume.device, reading)
          const held = content === undefined ? {} : { content }
          return { ...volume, ...held, ...useOf(volume.device, found, reading) }
        }),
      ),
    })),
  )
}

/** LVM may know a device by another of its names, and says `[unknown]` for one that is missing. */
const ownName = async (path: string, names: Names): Promise<string> =>
  path.startsWith('/') ? (names.get(await devnoOf(path)) ?? path) : path

const kernelNames = async (pattern: RegExp): Promise<readonly string[]> =>
  (await readdir('/sys/block')).filter(name => pattern.test(name)).sort()

/** A disk stands directly below `/sys/class/block`, and so does a partition. */
const kernelDevno = async (name: string): Promise<string> =>
  (await readFile(join('/sys/class/block', name, 'dev'), 'utf8')).trim()

const sysfsText = async (path: string): Promise<string> =>
  (await readFile(join('/sys/block', path), 'utf8').catch(() => '')).trim()
