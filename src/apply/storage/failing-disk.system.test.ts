import t from 'tap'
import { withUml } from '../../testing/uml.ts'

/** A loop device, which has partitions, over a mapping that can be made to fail. */
const SETUP = `
/run/modprobe loop
size=$(blockdev --getsz /dev/ubda)
begin() { dmsetup create target; losetup -P /dev/loop0 /dev/mapper/target; }
end() { losetup -d /dev/loop0; dmsetup remove target; }
become() { dmsetup load target; dmsetup suspend --nolockfs target; dmsetup resume target; }
cat >/run/config <<'END'
disk_config disk1 disklabel:gpt
primary - 100 - -
primary /plain 200 ext4 rw
disk_config cryptsetup
luks - disk1.1 - - lukscreateopts="--pbkdf pbkdf2 --pbkdf-force-iterations 1000"
disk_config lvm
vg vg0 /dev/mapper/crypt_dev_loop0p1
vg0-root /volume 40 ext4 rw
END
`

const SCRIPT = `${SETUP}
# Sectors that cannot be read nor written, below the second partition.
printf '%s\\n' '0 300000 linear /dev/ubda 0' '300000 100000 error' "400000 $((size - 400000)) linear /dev/ubda 400000" | begin
apply sectors loop0 </run/config
dmsetup ls >/run/out/sectors/mappings
end

# No write comes through.
echo "0 $size flakey /dev/ubda 0 0 600 1 error_writes" | begin
apply writes loop0 </run/config
dmsetup ls >/run/out/writes/mappings
end

# The disk fails on the way, and is well again later.
dd if=/dev/zero of=/dev/ubda bs=1M count=2 status=none
echo "0 $size linear /dev/ubda 0" | begin
apply way loop0 </run/config &
until grep -q 'make ext4' /run/out/way/output 2>/dev/null; do sleep 0.05; done
echo "0 $size error" | become
wait
mv /run/out/way/output /run/out/way/failed
cp /run/out/way/disks.journal /run/out/way/journal
dmsetup ls >/run/out/way/mappings
echo "0 $size linear /dev/ubda 0" | become
blockdev --flushbufs /dev/loop0
applied way loop0 </run/config
mark way
marks way
`

t.test(
  'a disk that fails ends the run with the step named, and nothing that it opened stays open',
  async t => {
    await withUml({ diskMib: [400], timeoutSeconds: 600 }, async ({ run }) => {
      const { read } = await run(SCRIPT)
      for (const [name, output] of [
        ['sectors', 'output'],
        ['writes', 'output'],
        ['way', 'failed'],
      ] as const) {
        t.match(await read(`${name}/${output}`), /^fai-classes: step "[a-z-]+:\S+" \(.*\) failed: /m, name)
        t.match(
          await read(`${name}/mappings`),
          /^target\s+\(\d+:\d+\)\n$/,
          `${name}: only the disk itself is mapped`,
        )
      }
      t.equal(await read('sectors/exit'), '1\n')
      t.equal(await read('writes/exit'), '1\n')
      // No program asks whether its writes came through: the disk is asked after each step, and cannot even answer the first time.
      t.match(
        await read('writes/output'),
        /step "save-table:\/dev\/loop0(:first|:second)?" .* failed: EIO: i\/o error, fsync/,
      )
      const [, step] = /step "(.*?)"/.exec(await read('way/failed')) ?? []
      t.notMatch(await read('way/journal'), `{"done":"${step}"}`, 'what failed does not count as done')
      t.equal(
        await read('way/marks'),
        '/volume: mark of /volume\n/plain: mark of /plain\n',
        'the next run ended it',
      )
    })
  },
)
