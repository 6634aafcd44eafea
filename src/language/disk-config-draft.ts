import { type Diagnostic, errorAt } from '../diagnostic/diagnostic.ts'
import type { CryptVolume, DiskConfig, DiskStanza, FstabKey, Keep, NfsMount, Tmpfs } from './disk-config.ts'
import { isFaulty, partitionNumbers } from './disk-config-check.ts'
import { type KeepRule, preserveOfAll, resolveKeep } from './disk-config-keep.ts'
import type { Below, Line, StanzaKind, Unkept } from './disk-config-line.ts'
import type { OpenDisk } from './disk-config-option.ts'
import type { Stanza } from './disk-config-stanza.ts'

type LineOf<Kind extends Line['kind']> = Extract<Line, { readonly kind: Kind }>

type OpenGroup = LineOf<'group'>['group'] & {
  readonly volumes: Map<string, { readonly volume: LineOf<'logical'>['volume']; readonly stanza: Stanza }>
}

/** What has been read of a file so far. */
export type Draft = {
  readonly stanzas: Stanza[]
  readonly disks: OpenDisk[]
  readonly arrays: { readonly volume: LineOf<'array'>['volume']; readonly stanza: Stanza }[]
  readonly btrfs: LineOf<'btrfs'>['volume'][]
  readonly encrypted: CryptVolume[]
  readonly groups: Map<string, OpenGroup>
  readonly tmpfs: Tmpfs[]
  readonly nfs: NfsMount[]
  /** Below these stood lines that could not be read at all. */
  readonly faulty: Set<Below>
}

/** A draft of nothing. */
export const newDraft = (): Draft => ({
  stanzas: [],
  disks: [],
  arrays: [],
  btrfs: [],
  encrypted: [],
  groups: new Map(),
  tmpfs: [],
  nfs: [],
  faulty: new Set(),
})

/** Puts one line of a stanza where it belongs. Adds `disk-config-invalid` for a name that is declared twice or not at all. */
export const place = (line: Line, stanza: Stanza, draft: Draft, diagnostics: Diagnostic[]): void => {
  switch (line.kind) {
    case 'partition':
      stanza.disk?.volumes.push(line.volume)
      return
    case 'array':
      draft.arrays.push({ volume: line.volume, stanza })
      return
    case 'btrfs':
      draft.btrfs.push(line.volume)
      return
    case 'encrypted':
      draft.encrypted.push({ ...line.volume, randomFill: stanza.options.randomFill })
      return
    case 'group':
      placeGroup(line, draft, diagnostics)
      return
    case 'logical':
      placeLogical(line, stanza, draft, diagnostics)
      return
    case 'tmpfs':
      draft.tmpfs.push(line.volume)
      return
    case 'nfs':
      draft.nfs.push(line.volume)
  }
}

const placeGroup = ({ group }: LineOf<'group'>, draft: Draft, diagnostics: Diagnostic[]): void => {
  // A line that could not be read to its name declares a group that nobody can look for.
  if (group.name === '') draft.faulty.add('lvm')
  const other = draft.groups.get(group.name)
  if (other === undefined) draft.groups.set(group.name, { ...group, volumes: new Map() })
  else {
    const message = `volume group "${group.name}" is declared twice`
    diagnostics.push(errorAt('disk-config-invalid', message, group.origin, [other.origin]))
  }
}

const placeLogical = (
  line: LineOf<'logical'>,
  stanza: Stanza,
  draft: Draft,
  diagnostics: Diagnostic[],
): void => {
  const { name, origin } = line.volume
  const group = draft.groups.get(line.group)
  const other = group?.volumes.get(name)
  if (group === undefined) {
    const message = `a line "vg ${line.group} DEVICES" was wanted above its volumes, found none`
    if (!isFaulty('lvm', draft)) diagnostics.push(errorAt('disk-config-invalid', message, origin))
  } else if (other === undefined) group.volumes.set(name, { volume: line.volume, stanza })
  else {
    const message = `volume "${line.group}-${name}" is declared twice`
    diagnostics.push(errorAt('disk-config-invalid', message, origin, [other.volume.origin]))
  }
}

/** What has been read, with what the options of the stanzas keep resolved onto the volumes. Pure. */
export const toDiskConfig = (draft: Draft): DiskConfig => {
  const raidRules = namedRules('raid', draft)
  const lvmRules = namedRules('lvm', draft)
  return {
    disks: draft.disks.map(toDiskStanza),
    arrays: draft.arrays.map(({ volume, stanza }, index) => ({
      ...volume,
      ...resolveKeep([...raidRules, ...rulesOfAll(stanza)], String(index)),
      fstabKey: lastFstabKey('raid', draft),
    })),
    btrfs: draft.btrfs.map(volume => ({ ...volume, fstabKey: lastFstabKey('btrfs', draft) })),
    encrypted: draft.encrypted,
    volumeGroups: [...draft.groups.values()].map(group => ({
      ...group,
      fstabKey: lastFstabKey('lvm', draft),
      volumes: [...group.volumes.values()].map(({ volume, stanza }) =>
        withKeep(volume, [...lvmRules, ...rulesOfAll(stanza)], `${group.name}-${volume.name}`),
      ),
    })),
    tmpfs: draft.tmpfs,
    nfs: draft.nfs,
  }
}

const toDiskStanza = ({ disk, origin, options, volumes: lines }: OpenDisk): DiskStanza => {
  const { partitionTable, bootable, fstabKey, alignBytes, isVirtual, isWhole, keep } = options
  const numbers = partitionNumbers({ partitionTable, volumes: lines })
  const preserveAll = preserveOfAll(keep)
  return {
    disk,
    partitionTable,
    ...(bootable === undefined ? {} : { bootable }),
    fstabKey,
    ...(alignBytes === undefined ? {} : { alignBytes }),
    isVirtual,
    isWhole,
    ...(preserveAll === undefined ? {} : { preserveAll }),
    volumes: lines.map((line, index) => withKeep(line, keep, String(numbers[index]))),
    origin,
  }
}

const withKeep = <Line extends Unkept<Keep>>(
  { suffix, ...volume }: Line,
  rules: readonly KeepRule[],
  id: string,
): Omit<Line, 'suffix'> & Keep => ({ ...volume, ...resolveKeep(rules, id, suffix) })

/** Lists of volumes count through all stanzas of a kind, as the volumes are numbered through. */
const namedRules = (kind: StanzaKind, { stanzas }: Draft): readonly KeepRule[] =>
  stanzas
    .filter(stanza => stanza.kind === kind)
    .flatMap(({ options }) => options.keep.filter(({ volumes }) => volumes !== 'all'))

/** `all` is all of one stanza. */
const rulesOfAll = ({ options }: Stanza): readonly KeepRule[] =>
  options.keep.filter(({ volumes }) => volumes === 'all')

/** FAI has one key for all arrays, one for all of btrfs and one for all logical volumes; each stanza sets it anew. */
const lastFstabKey = (kind: StanzaKind, { stanzas }: Draft): FstabKey =>
  stanzas.findLast(stanza => stanza.kind === kind)?.options.fstabKey ?? 'device'
