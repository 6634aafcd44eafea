/** What the superblock of one member says of its array. */
export type Superblock = { readonly uuid: string; readonly level: string; readonly device: string }

/**
 * Parses `mdadm --examine --export` of one member; undefined where it names no array. An array named `HOST:0` is
 * `/dev/md0`, one named `HOST:root` `/dev/md/root`. Pure.
 */
export const parseSuperblock = (text: string): Superblock | undefined => {
  const field = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]
  const [level, uuid] = [field('MD_LEVEL'), field('MD_UUID')]
  if (level === undefined || uuid === undefined) return undefined
  const name = field('MD_NAME')?.replace(/^[^:]*:/, '')
  const device = name === undefined || /^\d+$/.test(name) ? `/dev/md${name ?? '127'}` : `/dev/md/${name}`
  return { uuid, level: level.replace(/^raid/, ''), device }
}
