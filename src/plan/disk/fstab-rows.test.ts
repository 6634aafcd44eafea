import t from 'tap'
import { isMountedToInstall, optionsToInstall, parseFstab } from './fstab-rows.ts'

const FSTAB = `# /etc/fstab: static file system information.
#
# <file sys>\t<mount point>\t<type>\t<options>\t<dump>\t<pass>

# device during installation: /dev/sda2
UUID=aaaa\t/\text4\trw,errors=remount-ro\t0\t1

/dev/sda1\t/boot\text4\tro,noexec\t0\t2

# device during installation: /dev/vg0/swap
UUID=bbbb\tnone\tswap\tsw\t0\t0

UUID=cccc   /home\\040of\\011us btrfs subvol=@home,user
tmpfs\t/tmp\ttmpfs\tsize=10%\t0\t0
server:/srv\t/srv\tnfs\trw\t0\t0
/dev/sda9\t/usb\tvfat\tnoauto,user\t0\t0
proc /proc proc
half a
`

t.test('rows in file order, with the device that a comment names', async t => {
  const rows = parseFstab(FSTAB)
  t.equal(rows.length, 8)
  t.strictSame(rows[0], {
    source: 'UUID=aaaa',
    mountPoint: '/',
    filesystem: 'ext4',
    options: ['rw', 'errors=remount-ro'],
    device: '/dev/sda2',
  })
  t.equal(rows[1]?.device, undefined, 'the comment is of the next row alone')
  t.match(rows[3], { mountPoint: '/home of\tus', options: ['subvol=@home', 'user'] })
  t.strictSame(rows.at(-1), {
    source: 'proc',
    mountPoint: '/proc',
    filesystem: 'proc',
    options: ['defaults'],
  })
})

t.test('mounted is what FAI mounts, so that it can be written and run', async t => {
  const mounted = parseFstab(FSTAB).filter(isMountedToInstall)
  t.strictSame(
    mounted.map(row => [row.mountPoint, optionsToInstall(row)]),
    [
      ['/', 'rw,errors=remount-ro,rw,exec,suid,dev,noatime'],
      ['/boot', 'ro,noexec,rw,exec,suid,dev,noatime'],
      ['/home of\tus', 'subvol=@home,user,rw,exec,suid,dev,noatime'],
    ],
  )
})
