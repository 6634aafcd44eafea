import t from 'tap'
import { parseFilesystems, parseModules, readFilesystems } from './filesystems.ts'

t.test('names with and without a device are read', async t => {
  t.strictSame(parseFilesystems('nodev\tsysfs\n\text4\n\tvfat\n'), ['sysfs', 'ext4', 'vfat'])
})

t.test('modules of file systems count, others do not', async t => {
  const text =
    'kernel/fs/fat/vfat.ko: kernel/fs/fat/fat.ko\nkernel/fs/xfs/xfs.ko.xz:\nkernel/drivers/md/md-mod.ko:\n'
  t.strictSame(parseModules(text), ['vfat', 'xfs'])
})

t.test('the running kernel mounts proc', async t => {
  t.ok((await readFilesystems()).has('proc'))
})
