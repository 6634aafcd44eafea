import type { Origin } from '../diagnostic/diagnostic.ts'
import type { DiskConfig, DiskStanza, Volume } from './disk-config.ts'
import type { Draft } from './disk-config-draft.ts'
import type { KeepRule } from './disk-config-keep.ts'
import type { StanzaKind } from './disk-config-line.ts'
import { diskPath, type OpenDisk } from './disk-config-option.ts'

/** Says that something contradicts something else. */
export type Report = (origin: Origin, message: string, related?: readonly Origin[]) => void

/** Reports stanzas that their lines do not fit (setup-storage.md, section 4). */
export const checkStanzas = (config: DiskConfig, draft: Draft, report: Report): void => {
  checkDisks(config.disks, report)
  for (const [index, stanza] of config.disks.entries()) {
    const open = draft.disks[index]
    if (open === undefined || open.isFaulty) continue
    checkTable(stanza, report)
    checkPartitions(stanza, open, report)
  }
  checkLists(config, draft, report)
}

/** Whether lines of a kind may have been lost, so that nothing can be said about what is missing. Pure. */
export const isFaulty = (kind: StanzaKind, { faulty }: Pick<Draft, 'faulty'>): boolean =>
  faulty.has(kind) || faulty.has('unknown')

/** Two names of one disk can be told only where the machine is known; two stanzas of one name here. */
const checkDisks = (disks: readonly DiskStanza[], report: Report): void => {
  const first = new Map<string, DiskStanza>()
  for (const stanza of disks) {
    const other = first.get(diskPath(stanza.disk))
    if (other === undefined) first.set(diskPath(stanza.disk), stanza)
    else report(stanza.origin, `disk "${stanza.disk}" is configured twice`, [other.origin])
  }
}

/**
 * What a table can hold:
 *
 *     raw-disk    nothing beside it
 *     gpt         no logical partitions
 *     msdos       at most 4 primary ones and the extended one; with `virtual` as many as there are
 */
const checkTable = (
  { volumes, partitionTable, isVirtual, isWhole, origin }: DiskStanza,
  report: Report,
): void => {
  if (volumes.length === 0 && !isWhole) report(origin, 'the stanza has no partition')
  const raw = volumes.find(({ kind }) => kind === 'raw-disk')
  if (raw !== undefined && volumes.length > 1) {
    report(raw.origin, '"raw-disk" takes the whole disk, so that it is the only line of its stanza')
  }
  const logical = volumes.filter(({ kind }) => kind === 'logical')
  const primary = volumes.filter(({ kind }) => kind === 'primary')
  if (partitionTable !== 'msdos') {
    for (const volume of logical) report(volume.origin, 'a GPT has no logical partitions')
    return
  }
  const [, , , fourth, fifth] = primary
  const [first] = logical
  if (fifth !== undefined && !isVirtual) {
    report(fifth.origin, `at most 4 primary partitions were wanted, found ${primary.length}`)
  } else if (fourth !== undefined && first !== undefined) {
    report(first.origin, 'with 4 primary partitions there is no room for an extended one')
  }
}

/** Numbers in options are numbers of lines of the stanza; 0 is the line of `raw-disk`. */
const checkPartitions = (stanza: DiskStanza, { options }: OpenDisk, report: Report): void => {
  const numbers = partitionNumbers(stanza)
  const known = new Set(numbers.map(String))
  const extended = extendedNumber(stanza)
  for (const { option, volumes, origin } of options.keep) {
    if (extended !== undefined && namesOf(volumes).includes(String(extended))) {
      report(origin, `the logical partitions were wanted in "${option}", found the extended one, ${extended}`)
    }
  }
  if (extended !== undefined) known.add(String(extended))
  checkNamed(options.keep, known, 'partition ', report)
  const { bootable } = stanza
  const hasTable = !known.has('0') && !stanza.isWhole
  if (bootable === undefined || bootable === 0 || !hasTable || known.has(String(bootable))) return
  report(stanza.origin, `partition ${bootable} of "bootable" is not defined`)
}

const checkNamed = (
  rules: readonly KeepRule[],
  known: ReadonlySet<string>,
  what: string,
  report: Report,
): void => {
  for (const { option, volumes, origin } of rules) {
    for (const name of namesOf(volumes).filter(each => !known.has(each))) {
      report(origin, `${what}${name} of "${option}" is not defined`)
    }
  }
}

const namesOf = (volumes: KeepRule['volumes']): readonly string[] => (volumes === 'all' ? [] : [...volumes])

/** Arrays and logical volumes are numbered and named through all stanzas of their kind. */
const checkLists = ({ arrays, btrfs, volumeGroups }: DiskConfig, draft: Draft, report: Report): void => {
  const stanzasOf = (kind: StanzaKind) =>
    isFaulty(kind, draft) ? [] : draft.stanzas.filter(stanza => stanza.kind === kind)
  const rulesOf = (kind: StanzaKind) => stanzasOf(kind).flatMap(({ options }) => options.keep)
  checkNamed(rulesOf('raid'), new Set(arrays.map((_, index) => String(index))), 'array md', report)
  const volumes = volumeGroups.flatMap(group => group.volumes.map(({ name }) => `${group.name}-${name}`))
  checkNamed(rulesOf('lvm'), new Set(volumes), 'volume ', report)
  const isEmpty = { raid: arrays.length === 0, btrfs: btrfs.length === 0 }
  for (const kind of ['raid', 'btrfs'] as const) {
    const [stanza] = stanzasOf(kind)
    if (stanza?.origin !== undefined && isEmpty[kind]) report(stanza.origin, `${stanza.title} has no line`)
  }
}

/**
 * Numbers of the partitions in the order of their lines. In an msdos table the logical ones count from 5, and the
 * extended one takes the number that is next when the first of them comes. `raw-disk` is 0. Pure.
 */
export const partitionNumbers = ({ volumes, partitionTable }: Partitions): readonly number[] => {
  let primary = 1
  let logical = 5
  return volumes.map(({ kind }) => {
    if (kind === 'raw-disk') return 0
    if (kind === 'primary') return primary++
    if (logical === 5 && partitionTable === 'msdos') primary++
    return logical++
  })
}

type Partitions = Pick<DiskStanza, 'partitionTable'> & { readonly volumes: readonly Pick<Volume, 'kind'>[] }

const extendedNumber = ({ volumes, partitionTable }: DiskStanza): number | undefined => {
  const first = volumes.findIndex(({ kind }) => kind === 'logical')
  return partitionTable === 'msdos' && first >= 0 ? first + 1 : undefined
}
