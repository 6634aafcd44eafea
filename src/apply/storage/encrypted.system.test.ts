import t from 'tap'
import { withUml } from '../../testing/uml.ts'

/** The usual derivation of keys takes ten seconds here. */
const FAST = 'lukscreateopts="--pbkdf pbkdf2 --pbkdf-force-iterations 1000"'
const PASSPHRASE = 'open sesame'

const config = (btrfs = ''): string => `<<'END'
disk_config disk1 disklabel:gpt
primary - 100 - -
primary - 100 - -
primary - 60 - -
primary - 60 - -
primary - 200 - -
disk_config disk2 disklabel:msdos ${btrfs}
primary - 300 - -
primary - 300 - -
primary /single 150 btrfs rw,subvol=top
disk_config cryptsetup
luks /key disk1.1 ext4 rw ${FAST}
luks:"${PASSPHRASE}" /secret disk1.2 ext4 rw ${FAST}
swap swap disk1.3 swap sw
tmp /tmp disk1.4 ext2 rw
luks /lv /dev/vg0/enc ext4 rw ${FAST}
disk_config lvm
vg vg0 disk1.5
vg0-enc - 100 - -
disk_config btrfs fstabkey:uuid
btrfs raid1 /data disk2.1,disk2.2 rw,subvol=data
btrfs raid1 /srv disk2.1,disk2.2 rw,subvol=srv
END
`

/** As `cryptdisks_start` does it: what crypttab names, with the key that it names. */
const OPEN = `
while read -r name device key options; do
  case $options in luks*) ;; *) continue ;; esac
  [ $key != none ] || { key=/run/passphrase; printf '${PASSPHRASE}' >$key; }
  cryptsetup open --key-file $key $device $name
done </run/out/one/crypttab
`

const SCRIPT = `
applied one 'ubda ubdb' ${config()}
mark one
for name in crypt_dev_ubda1 crypt_dev_ubda2 crypt_dev_vg0_enc; do cryptsetup close $name; done
${OPEN}
marks one
swapon /dev/mapper/crypt_dev_ubda3
cat /proc/swaps >/run/out/swaps
swapoff /dev/mapper/crypt_dev_ubda3
grep -l '${PASSPHRASE}' -r /run/out/one >/run/out/told
applied two 'ubda ubdb' ${config('preserve_always:1,2')}
marks two
`

t.test(
  'what is encrypted opens by crypttab; btrfs has its subvolumes on one disk and on several',
  async t => {
    await withUml({ diskMib: [600, 800], timeoutSeconds: 600 }, async ({ run }) => {
      const { read } = await run(SCRIPT)
      const points = ['/tmp', '/srv', '/single', '/secret', '/lv', '/key', '/data']
      t.equal(await read('one/marks'), points.map(point => `${point}: mark of ${point}\n`).join(''))
      t.match(await read('swaps'), /^\/dev\/mapper\/crypt_dev_ubda3 /m)
      t.equal(await read('told'), '/run/out/one/disk_config\n', 'no log and no journal has the passphrase')
      t.strictSame((await read('one/crypttab')).split('\n').slice(0, 3), [
        'crypt_dev_ubda1\t/dev/ubda1\t/run/out/one/crypt_dev_ubda1\tluks,discard',
        'crypt_dev_ubda2\t/dev/ubda2\tnone\tluks,discard',
        'crypt_dev_ubda3\t/dev/ubda3\t/dev/urandom\tswap',
      ])
      const kept = points.map(each => `${each}: ${/data|srv/.test(each) ? `mark of ${each}` : 'none'}\n`)
      t.equal(await read('two/marks'), kept.join(''), 'the btrfs of two partitions was kept')
    })
  },
)
