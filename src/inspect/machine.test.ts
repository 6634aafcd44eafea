import t from 'tap'
import { parseFilesystems, parseModuleNames, readBuildMachine } from './machine.ts'

t.test('the names of file systems that the kernel knows', async t => {
  t.strictSame([...parseFilesystems('nodev\tsysfs\n\text4\nnodev\ttmpfs\n')], ['sysfs', 'ext4', 'tmpfs'])
})

t.test('the names of modules, compressed or not, with or without dependencies', async t => {
  const text = 'kernel/fs/fat/vfat.ko.xz: kernel/fs/fat/fat.ko.xz\nkernel/fs/xfs/xfs.ko\n\n'
  t.strictSame(parseModuleNames(text), ['vfat', 'xfs'])
})

t.test('this machine has memory, an architecture and a /proc', async t => {
  const machine = await readBuildMachine()
  t.ok(machine.memoryBytes > 0)
  t.match(machine.architecture, /^[a-z0-9]+$/)
  t.equal(machine.hasFilesystem('proc'), true)
  t.equal(machine.hasFilesystem('nosuchfs'), false)
})
