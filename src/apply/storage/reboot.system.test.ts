import t from 'tap'
import { withUml } from '../../testing/uml.ts'

/** What is kept over a reboot: configuration, log directory with its journal and keys, on a disk of their own. */
const KEEP = 'mkdir /run/keep && mount /dev/ubdc /run/keep && mkdir -p /run/out/log'
const APPLY = "$program disks apply --yes -f /run/keep/config --disklist 'ubda ubdb' --log-dir /run/keep/log"

const BEGIN = `
mkfs.ext4 -q /dev/ubdc
${KEEP}
cat >/run/keep/config <<'END'
disk_config disk1 disklabel:gpt
primary - 300 - -
primary - 50 - -
disk_config disk2 sameas:disk1
disk_config raid
raid1 - disk1.1,disk2.1 - -
disk_config cryptsetup
luks - /dev/md0 - - lukscreateopts="--pbkdf pbkdf2 --pbkdf-force-iterations 1000"
swap swap disk1.2 swap sw
tmp /tmp disk2.2 ext2 rw
disk_config lvm
vg vg0 md0
vg0-root /root 100 ext4 rw
vg0-home /home 60 ext4 rw
END
${APPLY} >/run/out/output 2>&1 &
pid=$!
until grep -q 'create logical volume vg0/home' /run/out/output; do sleep 0.05; done
kill -KILL $pid
wait $pid || true
cp /run/out/output /run/out/log/
`

/** Starts the array as udev does where nobody has told it the name. */
const ASTRAY = 'mdadm -q --assemble --run /dev/md127 /dev/ubda1 /dev/ubdb1'

/** Then all of it goes, and that run too is killed: nothing is wiped yet, and the array comes back. */
const FINISH = `
${KEEP}
cat /proc/mdstat >/run/out/mdstat
dmsetup ls >/run/out/mappings
${ASTRAY}
${APPLY} >/run/out/output 2>&1
mkdir /run/out/one
cp /run/keep/log/fstab /run/keep/log/disks.journal /run/out/one/
mark one
marks one
cat >/run/keep/config <<'END'
disk_config disk1 disklabel:gpt
primary /plain 350 ext4 rw
disk_config disk2 disklabel:gpt
primary /other 350 ext4 rw
END
mkdir /run/deadly
cat >/run/deadly/wipefs <<'END'
#!/bin/sh
case "$*" in *ubda1) kill -KILL $PPID ;; *) exec /usr/sbin/wipefs "$@" ;; esac
END
chmod +x /run/deadly/wipefs
PATH=/run/deadly:$PATH ${APPLY} >/run/out/output-killed 2>&1 || true
${ASTRAY}
${APPLY} >/run/out/output-two 2>&1
mkdir /run/out/two
cp /run/keep/log/fstab /run/out/two/
mark two
marks two
`

t.test(
  'a run that a power cut ended is finished after the reboot, whatever an array is called by then',
  async t => {
    await withUml({ diskMib: [400, 400, 100], timeoutSeconds: 600 }, async ({ run }) => {
      await run(BEGIN)
      const { read } = await run(FINISH)
      t.notMatch(await read('mdstat'), /^md0/m, 'the reboot took the array')
      t.match(await read('mappings'), 'No devices found', 'and the mappings')
      t.notMatch(await read('output'), 'create the raid1', 'what was done is not done again')
      t.match(await read('one/disks.journal'), '{"finished":true}')
      t.equal(await read('one/marks'), '/tmp: mark of /tmp\n/root: mark of /root\n/home: mark of /home\n')
      t.match(await read('output-killed'), /stop array \/dev\/md0\n.*wipe the signatures/s)
      t.equal(await read('two/marks'), '/plain: mark of /plain\n/other: mark of /other\n')
    })
  },
)
