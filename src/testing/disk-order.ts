import type { StorageStep } from '../plan/disk/storage-plan.ts'
import type { ExpectedCommand, ExpectedDisks } from './disk-case.ts'

/** Commands of FAI as kinds of our steps; the first that fits counts. Its many calls of parted are our one call of sfdisk. */
const KINDS: readonly (readonly [pattern: RegExp, toKey: (...found: string[]) => string])[] = [
  [/^wipefs -af (\S+)/, device => `wipe:${device}`],
  [/^parted (?:-s )?(\S+) /, device => `write-table:${device}`],
  [/^vgremove (\S+)/, group => `remove-group:${group}`],
  [/^yes \| mdadm --create (\S+)/, device => `create-array:${device}`],
  [/^mdadm --assemble (\/\S+)/, device => `assemble-array:${device}`],
  [/^yes YES \| cryptsetup luksFormat (\S+)/, device => `format-encrypted:${device}`],
  [/^cryptsetup luksOpen \S+ (\S+)/, name => `open-encrypted:/dev/mapper/${name}`],
  [/^cryptsetup --key-file=\S+ create (\S+)/, name => `open-encrypted:/dev/mapper/${name}`],
  [/^pvcreate .*?(\/\S+)$/, device => `create-physical-volume:${device}`],
  [/^vgcreate +(\S+)/, group => `create-group:${group}`],
  [/^lvcreate .*-n (\S+) -L \S+ (\S+)$/, (name, group) => `create-volume:/dev/${group}/${name}`],
  [/^(?:mkfs\.\S+|mkswap) .*?(\/\S+)$/, device => `create-filesystem:${device}`],
  [/^tune2fs .*?(\/\S+)$/, device => `tune-filesystem:${device}`],
  [/btrfs subvolume create .*\/mnt\/(\S+)$/, name => `create-subvolume:${name}`],
]

/** What a command of FAI does and to what, in our words; undefined where ours has nothing like it. Pure. */
const keyOf = (command: string): string | undefined => {
  for (const [pattern, toKey] of KINDS) {
    const found = pattern.exec(command.trim())
    if (found !== null) return toKey(...found.slice(1).map(word => word ?? ''))
  }
  return undefined
}

const keyOfStep = ({ kind, device, argv }: StorageStep): string => {
  const last = argv.at(-1)
  const isMounted = typeof last === 'object' && 'mounted' in last
  return `${kind}:${kind === 'create-subvolume' && isMounted ? last.path.slice(1) : device}`
}

/** Where our steps lack what FAI makes, make more, or come before what FAI's command needs. Pure. */
export const orderDifferences = (
  steps: readonly StorageStep[],
  { exec, plan }: ExpectedDisks,
): readonly string[] => {
  const ours = steps.map(keyOfStep)
  const commands = exec?.commands ?? plan?.commands ?? []
  const theirs = commands.flatMap(({ cmd }) => keyOf(cmd) ?? [])
  const made = (keys: readonly string[]) => [...new Set(keys.filter(key => MAKES.test(key)))].sort()
  const missing = made(theirs).filter(key => !ours.includes(key))
  const added = made(ours).filter(key => !theirs.includes(key))
  return [
    ...missing.map(key => `FAI makes ${key}`),
    ...added.map(key => `FAI does not make ${key}`),
    ...needsOf(commands).flatMap(([key, need]) =>
      isBefore(ours, need, key) ? [] : [`${key} does not wait for ${need}`],
    ),
  ]
}

const MAKES = /^(create|format|open|assemble|tune)-/

/** Pairs of what is done and what was to be done before, straight or through others. */
const needsOf = (commands: readonly ExpectedCommand[]): readonly (readonly [key: string, need: string])[] => {
  const before = new Map<string, ReadonlySet<string>>()
  return commands.flatMap(({ cmd, pre, post }) => {
    const needs = new Set(pre.flatMap(word => [...(before.get(word) ?? [])]))
    const key = keyOf(cmd)
    const known = new Set(key === undefined ? needs : [...needs, key])
    for (const word of post) before.set(word, new Set([...(before.get(word) ?? []), ...known]))
    return key === undefined ? [] : [...needs].filter(need => need !== key).map(need => [key, need] as const)
  })
}

/** Whether one of them is there before the last of the others, or ours has one of the two not at all. */
const isBefore = (keys: readonly string[], first: string, second: string): boolean =>
  !keys.includes(first) || !keys.includes(second) || keys.indexOf(first) < keys.lastIndexOf(second)
