import fc from 'fast-check'
import type {
  Content,
  DeviceRef,
  DiskConfig,
  DiskStanza,
  FstabKey,
  Keep,
  Volume,
} from '../language/disk-config.ts'
import { partitionNumbers } from '../language/disk-config-check.ts'
import type { Size, SizeRange } from '../language/size.ts'

const origin = { kind: 'file', path: '' } as const
const END: Size = { kind: 'percent', percent: 100 }

const word = fc.stringMatching(/^[a-zA-Z_.+][a-zA-Z0-9_.+=]{0,6}$/)
const quoted = fc.stringMatching(/^[a-z0-9 #'$-]{0,9}$/)
const count = fc.nat(5000)
const bytes = (n: number): Size => ({ kind: 'bytes', bytes: n })
const part: fc.Arbitrary<Size> = fc.record({
  kind: fc.constantFrom('percent' as const, 'memory' as const),
  percent: count,
})
const range: fc.Arbitrary<SizeRange> = fc.oneof(
  fc.oneof(count.map(bytes), part).map(size => ({ lower: size, upper: size })),
  count.map(n => ({ lower: bytes(n), upper: END })),
  fc.tuple(count, part).map(([n, upper]) => ({ lower: bytes(n), upper })),
  fc.tuple(count, count).map(([n, more]) => ({ lower: bytes(n), upper: bytes(n + more) })),
)

/** `/` stands for any path; `withNames` gives each its own. */
const content: fc.Arbitrary<Content> = fc
  .record(
    {
      mountPoint: fc.constantFrom('-', 'swap', '/'),
      encrypt: fc.record({ randomFill: fc.boolean() }),
      filesystem: fc.constantFrom('ext4', 'ext3:journal=/dev/sdz9', 'reiserfs'),
      mountOptions: word,
      createOptions: quoted,
      tuneOptions: quoted,
      origin: fc.constant(origin),
    },
    {
      noNullPrototype: true,
      requiredKeys: ['mountPoint', 'filesystem', 'mountOptions', 'createOptions', 'tuneOptions', 'origin'],
    },
  )
  .map(made => (made.mountPoint === '/' ? made : { ...made, filesystem: made.mountPoint, tuneOptions: '' }))

const keep: fc.Arbitrary<Keep> = fc.record(
  {
    preserve: fc.constantFrom('always', 'reinstall', 'lazy'),
    resize: fc.boolean(),
    alwaysFormat: fc.boolean(),
  },
  { noNullPrototype: true, requiredKeys: ['resize', 'alwaysFormat'] },
)

const device: fc.Arbitrary<DeviceRef> = fc
  .boolean()
  .map(isNumbered => ({ text: isNumbered ? 'disk' : '', isSpare: false, isMissing: false, origin }))
const devices = fc.array(device, { minLength: 1, maxLength: 3 })

const all = <A, B, C>(a: fc.Arbitrary<A>, b: fc.Arbitrary<B>, c: fc.Arbitrary<C>): fc.Arbitrary<A & B & C> =>
  fc.tuple(a, b, c).map(([x, y, z]) => ({ ...x, ...y, ...z }))

const KEYS: readonly FstabKey[] = ['device', 'label', 'uuid', 'partuuid', 'partlabel']
const list = <Value>(each: fc.Arbitrary<Value>) => fc.array(each, { maxLength: 3 })

const volume = all(
  content,
  keep,
  fc.record({
    size: range,
    name: fc.option(
      word.map(each => each.replaceAll('=', '-')),
      { nil: undefined },
    ),
  }),
)
const stanza: fc.Arbitrary<DiskStanza> = fc
  .record({
    kinds: fc.constantFrom('raw', 'primary', 'mixed'),
    partitionTable: fc.constantFrom('msdos' as const, 'gpt' as const, 'gpt-bios' as const),
    fstabKey: fc.constantFrom(...KEYS),
    alignBytes: fc.option(fc.integer({ min: 1, max: 9999 }), { nil: undefined }),
    isVirtual: fc.boolean(),
    isWhole: fc.boolean(),
    isBootable: fc.boolean(),
    preserveAll: fc.option(fc.constantFrom('always' as const, 'lazy' as const), { nil: undefined }),
    volumes: fc.array(volume, { minLength: 1, maxLength: 3 }),
  })
  .map(({ kinds, alignBytes, isBootable, preserveAll, volumes: made, ...rest }) => {
    const partitionTable = kinds === 'mixed' ? 'msdos' : rest.partitionTable
    const volumes = (kinds === 'raw' ? made.slice(0, 1) : made).map(({ name, ...each }, index): Volume => {
      const kind = kinds === 'raw' ? 'raw-disk' : kinds === 'mixed' && index !== 1 ? 'logical' : 'primary'
      const named = kind === 'primary' && name !== undefined ? { name } : {}
      const preserve = each.preserve ?? preserveAll
      return { ...each, kind, ...named, ...(preserve === undefined ? {} : { preserve }) }
    })
    const [first = 0] = partitionNumbers({ partitionTable, volumes })
    const fstabKey = partitionTable === 'msdos' && rest.fstabKey === 'partlabel' ? 'uuid' : rest.fstabKey
    return {
      ...rest,
      disk: '',
      partitionTable,
      fstabKey,
      ...(alignBytes === undefined ? {} : { alignBytes }),
      ...(isBootable ? { bootable: first } : {}),
      ...(preserveAll === undefined ? {} : { preserveAll }),
      volumes,
      origin,
    }
  })

const key = fc.constantFrom(...KEYS)
/** Configurations that contradict themselves nowhere: nothing is used twice. */
export const randomDiskConfig: fc.Arbitrary<DiskConfig> = fc
  .record({
    keys: fc.record({
      raid: key,
      btrfs: key,
      lvm: fc.constantFrom('device' as const, 'label' as const, 'uuid' as const),
    }),
    disks: list(stanza),
    arrays: list(
      all(
        content,
        keep,
        fc.record({
          level: fc.constantFrom('0' as const, '1' as const, '10' as const),
          devices,
          arrayOptions: quoted,
          flags: fc.nat(3),
        }),
      ),
    ),
    btrfs: list(
      fc.record({
        profile: fc.constantFrom('single' as const, 'raid10' as const),
        devices,
        btrfsOptions: quoted,
        createOptions: quoted,
        tuneOptions: quoted,
        subvolume: word,
      }),
    ),
    encrypted: list(
      all(
        content,
        fc.record({ luksOptions: quoted, device }),
        fc.record({
          kind: fc.constantFrom('luks' as const, 'tmp' as const, 'swap' as const),
          passphrase: fc.stringMatching(/^[a-z #:-]{1,9}$/),
        }),
      ),
    ),
    randomFill: fc.boolean(),
    volumeGroups: list(
      fc.record({
        devices,
        physicalOptions: quoted,
        groupOptions: quoted,
        volumes: list(all(content, keep, fc.record({ size: range, volumeOptions: quoted }))),
      }),
    ),
    tmpfs: list(fc.record({ size: fc.oneof(count.map(bytes), fc.constant(undefined)), mountOptions: word })),
    nfs: list(fc.record({ source: word, mountOptions: word })),
  })
  .map(({ keys, randomFill, ...made }) => ({
    disks: made.disks,
    arrays: made.arrays.map(({ flags, ...each }) => ({
      ...each,
      resize: false,
      fstabKey: keys.raid,
      devices: each.devices.map(ref =>
        each.level === '0' ? ref : { ...ref, isSpare: flags % 2 === 1, isMissing: flags > 1 },
      ),
    })),
    btrfs: made.btrfs.map(({ subvolume, ...each }) => ({
      ...each,
      mountPoint: '/',
      mountOptions: `subvol=${subvolume}`,
      fstabKey: keys.btrfs,
      origin,
    })),
    encrypted: made.encrypted.map(({ passphrase, ...each }) => ({
      ...each,
      randomFill,
      ...(each.kind === 'luks' ? { passphrase } : {}),
    })),
    volumeGroups: made.volumeGroups.map((group, index) => ({
      ...group,
      name: `vg_${index}`,
      fstabKey: keys.lvm,
      volumes: group.volumes.map((each, at) => ({ ...each, name: `v.${at}` })),
      origin,
    })),
    tmpfs: made.tmpfs.map(({ size, ...each }) => ({
      ...each,
      mountPoint: '/',
      ...(size === undefined ? {} : { size }),
      origin,
    })),
    nfs: made.nfs.map(each => ({ ...each, mountPoint: '/', origin })),
  }))
  .map(withNames)

/** Gives every path, disk and device a name of its own: nothing may be used twice. */
function withNames(made: DiskConfig): DiskConfig {
  let next = 100
  return JSON.parse(JSON.stringify(made), (field, each) => {
    if (field === 'mountPoint' && each === '/') return `/m${next++}`
    if (field === 'disk' && each === '') return `/dev/x/d${next++}`
    if (field === 'origin') return origin
    if (typeof each !== 'object' || !('isSpare' in each)) return each
    const number = next++
    if (each.text === '') return { ...each, text: `sd${number}` }
    return { ...each, text: `disk${number}.${number}`, disk: number, partition: number }
  })
}
