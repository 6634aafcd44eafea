import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StorageMachine } from './storage-machine.ts'

/** Tables, signatures, sizes and files, as text; a file system that is not sound makes it reject. */
const SHOW = (disk: string): string => `
sfdisk --dump /dev/${disk} 2>/dev/null | grep -v ^device: || true
kernel=$(basename "$(readlink -f "/sys/dev/block/$(stat -c %Hr:%Lr /dev/${disk})")")
(cd "/sys/block/$kernel" && for p in "$kernel"p*; do [ -e "$p" ] && echo "kernel \${p##*p} $(cat "$p/start" "$p/size" | tr '\\n' ' ')"; done) || true
for device in /dev/${disk} $(sfdisk --json /dev/${disk} 2>/dev/null | sed -n 's/.*"node": "\\([^"]*\\)".*/\\1/p'); do
  echo "== $device"
  blkid -p -o export "$device" | grep -vE '^(PART_ENTRY_DISK|UUID_SUB)=' || true
  case "$(blkid -p -o value -s TYPE "$device" || true)" in
    ext*) e2fsck -fn "$device" >/dev/null 2>&1 ;;
    xfs) xfs_repair -n "$device" >/dev/null 2>&1 ;;
    btrfs) btrfs check "$device" >/dev/null 2>&1 ;;
    *) continue ;;
  esac || { echo "$device is not sound" >&2; exit 1; }
  mount -o ro "$device" /mnt
  echo "size $(stat -f -c '%b * %S' /mnt)"
  (cd /mnt && find . -type f -exec md5sum {} + | sort; find . -type d | sort)
  umount /mnt
done`

/**
 * Everything that a run leaves on the disks and in the log directory, as text that two runs can be compared by. Rejects where a
 * file system is not sound.
 */
export const storageState = async (machine: StorageMachine, logDirectory: string): Promise<string> => {
  const shown: string[] = []
  for (const disk of machine.disks) shown.push(await machine.shell(SHOW(disk)))
  const names = (await readdir(logDirectory)).filter(name => !/journal|\.log$/.test(name))
  for (const name of names.sort())
    shown.push(`== ${name}\n${(await readFile(join(logDirectory, name))).toString('latin1')}`)
  return shown.join('\n')
}
