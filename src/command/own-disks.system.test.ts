import t from 'tap'
import { machineSite } from '../testing/machine-site.ts'
import { withUml } from '../testing/uml.ts'

const DISKS = `disk_config disk1 disklabel:gpt bootable:1
primary - 60 - -
primary - 200 - -
primary - 50 - -
disk_config disk2 sameas:disk1
disk_config raid fstabkey:uuid
raid1 /boot disk1.1,disk2.1 ext4 rw
raid1 - disk1.2,disk2.2 - -
disk_config cryptsetup
luks /secret disk1.3 ext2 rw lukscreateopts="--pbkdf pbkdf2 --pbkdf-force-iterations 1000"
disk_config lvm fstabkey:uuid
vg vg0 md1
vg0-root / 100 ext4 rw
vg0-swap swap 40 swap sw
`
const site = machineSite('/run/site', DISKS)
const INSTALL = `node_modules/.bin/node src/main.ts install web01 ${site.args.join(' ')}`

/** Afterwards the machine finds its disks as it would after a reboot: by the files of the new system. */
const SCRIPT = `
export disklist='ubda ubdb' PATH=${site.programs}:$PATH
mkdir -p /run/log /run/target
${site.write}
${INSTALL} --log-dir /run/log --target /run/target --yes >/run/output 2>&1 || { cat /run/output; exit 1; }
cat /proc/mdstat >/run/out/mdstat
dmsetup ls >/run/out/mappings
cat /proc/swaps >/run/out/swaps
grep -c /run/target /proc/mounts >/run/out/mounts || true

mdadm --assemble --scan --config /run/log/mdadm.conf
vgchange -qq --activate y vg0
mount /dev/vg0/root /mnt
mount "$(awk '$2 == "/boot" { sub("UUID=", "/dev/disk/by-uuid/", $1); print $1 }' /mnt/etc/fstab | xargs -n 1 basename | xargs -I @ blkid -U @)" /mnt/boot
cryptsetup open --key-file /mnt/etc/keys/crypt_dev_ubda3 /dev/ubda3 secret
cp -r /mnt/etc /run/out/
stat -c %a /mnt/etc/keys/crypt_dev_ubda3 >/run/out/key-mode
blkid -o value -s TYPE /dev/mapper/secret >/run/out/secret
`

t.test('a host on RAID1, LVM and LUKS: its system says how its disks are found', async t => {
  await withUml({ diskMib: [400, 400], timeoutSeconds: 600 }, async ({ run }) => {
    const { read } = await run(SCRIPT)
    t.notMatch(await read('mdstat'), /^md/m, 'every array is stopped')
    t.match(await read('mappings'), 'No devices found')
    t.notMatch(await read('swaps'), '/dev')
    t.equal(await read('mounts'), '0\n')
    t.equal(await read('etc/mark'), 'installed\n')
    t.match(await read('etc/variables'), /^\/dev\/md0\|\/dev\/vg0\/swap\|ubda ubdb\|install$/m)
    t.match(await read('etc/mounts'), /^\/boot\/ .*noatime.*\n\/secret\/ /m)
    t.match(await read('etc/fstab'), /^UUID=\S+\t\/boot\text4\t/m)
    t.match(await read('etc/mdadm/mdadm.conf'), /^ARRAY \/dev\/md1 UUID=/m)
    t.equal(
      await read('etc/crypttab'),
      'crypt_dev_ubda3\t/dev/ubda3\t/etc/keys/crypt_dev_ubda3\tluks,discard\n',
    )
    t.equal(await read('key-mode'), '400\n')
    t.equal(await read('secret'), 'ext2\n')
  })
})
