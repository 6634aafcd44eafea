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

/** A group on an array, and one on an encrypted array. */
const stacked = (disk: string, raid: string, lvm: string, mib: number): string => `<<'END'
disk_config disk1 disklabel:gpt bootable:1 ${disk}
primary - 560 - -
primary - 100 - -
disk_config disk2 sameas:disk1
disk_config raid ${raid}
raid1 - disk1.1,disk2.1 - -
raid1 - disk1.2,disk2.2 - -
disk_config cryptsetup
luks - /dev/md1 - - lukscreateopts="--pbkdf pbkdf2 --pbkdf-force-iterations 1000"
disk_config lvm fstabkey:uuid ${lvm}
vg vg0 md0
vg0-root / 60 ext4 rw
vg0-grow /grow ${mib} xfs rw
vg0-swap swap 20 swap sw
vg vg1 md1
vg1-secret /secret 40 ext4 rw
END
`

const STACKED = `
applied one 'ubda ubdb' ${stacked('', '', '', 304)}
mark one
mounted one sh -c 'df --output=size -m /mnt/grow | tail -n 1' >/run/out/size-one
vgchange -qq --activate n vg1 vg0
cryptsetup close crypt_dev_md1
mdadm -q --stop --scan
applied two 'ubda ubdb' ${stacked('preserve_always:1', 'preserve_always:0', 'preserve_always:vg0-root resize:vg0-grow', 400)}
marks two
mounted two sh -c 'df --output=size -m /mnt/grow | tail -n 1' >/run/out/size-two
cryptsetup status crypt_dev_md1 >/run/out/status
`

t.test(
  'what is kept on a group on an array stays or grows; the encrypted array beside it is made anew',
  async t => {
    await withUml({ diskMib: [700, 700], timeoutSeconds: 600 }, async ({ run }) => {
      const { read } = await run(STACKED)
      t.equal(await read('two/marks'), '/secret: none\n/grow: mark of /grow\n/: mark of /\n')
      const grown = Number(await read('size-two')) - Number(await read('size-one'))
      t.ok(grown >= 90, `the xfs has ${grown} MiB more`)
      t.match(await read('status'), /type: +LUKS2\n.*device: +\/dev\/md1\n/s)
      const root = /^UUID=(\S+)\t\/\t/m.exec(await read('two/fstab'))?.[1]
      t.match(await read('one/fstab'), `UUID=${root}\t/\t`, 'it has the name that it had')
      t.strictSame((await read('two/disk_var.sh')).split('\n').sort(), [
        '',
        `BOOT_DEVICE=\${BOOT_DEVICE:-"/dev/vg0/root"}`,
        'PHYSICAL_BOOT_DEVICES="/dev/ubda /dev/ubdb"',
        `ROOT_PARTITION=\${ROOT_PARTITION:-UUID=${root}}`,
        `SWAPLIST=\${SWAPLIST:-"/dev/vg0/swap"}`,
      ])
    })
  },
)
