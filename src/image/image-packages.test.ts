import t from 'tap'
import { defaultKernel, isInImage } from './image-packages.ts'

t.test('what an installer runs is kept, what people read is not', async t => {
  const kept = [
    ...['usr/bin/perl', 'usr/share/perl/5.36.0/strict.pm', 'usr/sbin/mkfs.xfs', 'etc/passwd', 'etc/shadow'],
    ...[
      'var/lib/dpkg/status',
      'var/lib/apt/lists/deb.example.test_dists_bookworm_InRelease',
      'var/log',
      'tmp',
      'dev',
    ],
    ...[
      'usr/share/zoneinfo/Europe/Berlin',
      'usr/lib/firmware/tigon/tg3.bin',
      'usr/lib/udev/rules.d/50-udev.rules',
    ],
  ]
  t.strictSame(
    kept.filter(path => !isInImage(path)),
    [],
  )
  const left = [
    ...['usr/share/man/man8/mkfs.8.gz', 'usr/share/locale/de', 'usr/lib/udev/hwdb.bin', 'var/log/dpkg.log'],
    ...[
      'var/lib/apt/lists/deb.example.test_dists_bookworm_main_i18n_Translation-en',
      'var/lib/dpkg/info/tar.list',
    ],
    ...['usr/sbin/xfs_scrub', 'usr/lib/python3.11/os.py', 'proc/1', 'boot/vmlinuz-6.1'],
  ]
  t.strictSame(left.filter(isInImage), [])
})

t.test('the kernel follows the architecture', async t => {
  t.equal(defaultKernel('arm64'), 'linux-image-arm64')
})
