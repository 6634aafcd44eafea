import { type Diagnostic, errorAt, type Outcome } from '../../../diagnostic/diagnostic.ts'
import type { DiskStanza } from '../../../language/disk-config.ts'
import type { FoundDisk, Storage } from '../../../model/storage.ts'

/** A stanza and the disk that it means. */
export type ConfiguredDisk = { readonly stanza: DiskStanza; readonly disk: FoundDisk }

/** Disks in the order of `disklist`; absent for a name that is there no more, so that the others keep their numbers. */
export type ListedDisks = readonly (FoundDisk | undefined)[]

/** The disks that may be used. Pure. `disklist` has names with or without `/dev/`; all disks where it is absent. */
export const listDisks = ({ disks }: Storage, disklist?: readonly string[]): ListedDisks =>
  disklist?.map(name => disks.find(disk => namesOf(disk).includes(devicePath(name)))) ?? disks

/** A name as a path: what starts with no slash is below `/dev`. Pure. */
export const devicePath = (name: string): string => (name.startsWith('/') ? name : `/dev/${name}`)

/** The disk with this number (`disk1` is the first), or of this name or link. Pure. */
export const diskNamed = (text: string, listed: ListedDisks): FoundDisk | undefined => {
  const number = /^disk([0-9]+)$/.exec(text)?.[1]
  if (number !== undefined) return listed[Number(number) - 1]
  return listed.find(disk => disk !== undefined && namesOf(disk).includes(devicePath(text)))
}

/**
 * Which disk each stanza means: by its number in `disklist`, its name, its path, a link of it, or a pattern that only
 * one disk fits. Pure. A disk that is not there or not in `disklist` is `disk-not-found`, two stanzas for one disk are
 * `disk-config-invalid`.
 */
export const findDisks = (
  stanzas: readonly DiskStanza[],
  { disks }: Storage,
  listed: ListedDisks,
): Outcome<readonly ConfiguredDisk[]> => {
  const diagnostics: Diagnostic[] = []
  const found: ConfiguredDisk[] = []
  for (const stanza of stanzas) {
    const disk = findDisk(stanza.disk, disks, listed)
    if (typeof disk === 'string') {
      diagnostics.push(errorAt('disk-not-found', disk, stanza.origin))
      continue
    }
    const other = found.find(each => each.disk === disk)
    if (other === undefined) found.push({ stanza, disk })
    else {
      const message = `disk "${disk.name}" is configured twice`
      diagnostics.push(errorAt('disk-config-invalid', message, stanza.origin, [other.stanza.origin]))
    }
  }
  return { value: diagnostics.length > 0 ? undefined : found, diagnostics }
}

/** The disk, or why it is none. */
const findDisk = (text: string, disks: readonly FoundDisk[], listed: ListedDisks): FoundDisk | string => {
  if (!/[*?[]/.test(text)) {
    const disk = diskNamed(text, listed)
    if (disk !== undefined) return disk
    const isThere = diskNamed(text, disks) !== undefined && !/^disk[0-9]+$/.test(text)
    if (isThere) return `disk "${text}" is not in disklist (${listedNames(listed)})`
    return `disk "${text}" is not there (disks: ${listedNames(listed) || 'none'})`
  }
  const pattern = globPattern(devicePath(text))
  const [disk, ...more] = disks.filter(each => namesOf(each).some(name => pattern.test(name)))
  if (disk === undefined) return `no disk fits the pattern "${text}"`
  if (more.length > 0) {
    const names = [disk, ...more].map(({ name }) => name).join(', ')
    return `the pattern "${text}" must fit one disk (found ${names})`
  }
  return listed.includes(disk) ? disk : `disk "${disk.name}" is not in disklist (${listedNames(listed)})`
}

const listedNames = (listed: ListedDisks): string => listed.flatMap(disk => disk?.name ?? []).join(', ')

const namesOf = ({ device, links }: FoundDisk): readonly string[] => [device, ...links]

/** A pattern of the shell: `*`, `?`, `[abc]` and `[!abc]`, none of which stands for a slash. */
const globPattern = (glob: string): RegExp => {
  const source = glob.replace(/\[!?[^\]]+\]|[\s\S]/g, part => {
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.length > 1) return part.replace('[!', '[^').replaceAll('\\', '\\\\')
    return part.replace(/[\\^$.*+?()[\]{}|]/, '\\$&')
  })
  return new RegExp(`^${source}$`)
}
