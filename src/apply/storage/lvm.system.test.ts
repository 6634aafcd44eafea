import t from 'tap'
import { withUml } from '../../testing/uml.ts'

const FIRST = `<<'END'
disk_config disk1 disklabel:gpt
primary /boot 60 ext4 rw
primary - 300- - -
disk_config disk2
primary - 0- - -
disk_config lvm fstabkey:uuid
vg vg0 disk1.2
vg0-root / 100 ext4 rw
vg0-grow /grow 80 ext4 rw
vg0-shrink /shrink 200 ext4 rw
vg0-scratch /scratch 50 ext2 rw
END
`

const SECOND = `<<'END'
disk_config disk1 disklabel:gpt preserve_lazy:2
primary /boot 60 ext4 rw
primary - 300- - -
disk_config disk2 disklabel:gpt
primary - 0- - -
disk_config lvm fstabkey:uuid preserve_always:vg0-root preserve_lazy:vg0-new resize:vg0-grow,vg0-shrink
vg vg0 disk1.2,disk2.1
vg0-root / 100 ext4 rw
vg0-grow /grow 160 ext4 rw
vg0-shrink /shrink 60 ext4 rw
vg0-scratch /scratch 50 ext2 rw
vg0-new /new 70 ext4 rw
END
`

/** A disk that nobody named has an array, a volume group and a LUKS of its own. */
const FOREIGN = `
sfdisk -q /dev/ubdc <<'END'
label: gpt
size=40M
size=40M
size=40M
size=40M
END
partx -u /dev/ubdc
mdadm -q --create /dev/md5 --run --level=1 --raid-devices=2 /dev/ubdc1 /dev/ubdc2 <<<y
vgcreate -qq foreign /dev/ubdc3
lvcreate -qq --name left --size 8m foreign
head -c 64 /dev/urandom >/run/key
cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/ubdc4 /run/key
cryptsetup open --key-file /run/key /dev/ubdc4 foreign
mdadm --wait /dev/md5 || true
sync
sha256sum </dev/ubdc >/run/out/foreign-before
`

const SCRIPT = `
${FOREIGN}
applied one 'ubda ubdb' ${FIRST}
mark one
vgchange -qq --activate n vg0
applied two 'ubda ubdb' ${SECOND}
marks two
lvs --noheadings --units m --nosuffix -o lv_name,lv_size vg0 >/run/out/volumes
for name in root grow shrink; do e2fsck -fn /dev/vg0/$name >/dev/null; done
sync
sha256sum </dev/ubdc >/run/out/foreign-after
ls /dev/md5 /dev/mapper/foreign /dev/foreign/left >/dev/null
`

const KEPT =
  '/shrink: mark of /shrink\n/scratch: none\n/new: none\n/grow: mark of /grow\n/boot: none\n/: mark of /\n'

t.test('volumes are kept, grown, shrunk and made; what lies on other disks stays', async t => {
  await withUml({ diskMib: [500, 500, 200], timeoutSeconds: 600 }, async ({ run }) => {
    const { read } = await run(SCRIPT)
    t.equal(await read('two/marks'), KEPT)
    const sizes = (await read('volumes')).split('\n').map(line => line.trim().split(/\s+/).join(' '))
    t.strictSame(sizes.slice(0, -1), [
      'grow 160.00',
      'new 72.00',
      'root 100.00',
      'scratch 52.00',
      'shrink 60.00',
    ])
    t.equal(await read('foreign-after'), await read('foreign-before'))
  })
})
