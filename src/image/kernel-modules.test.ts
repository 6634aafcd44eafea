import t from 'tap'
import { isEarlyModule, isNetworkDriver, moduleName, parseFirmware, wantedModules } from './kernel-modules.ts'

const MODULES_DEP = `kernel/fs/xfs/xfs.ko: kernel/lib/libcrc32c.ko kernel/mm/odd.ko
kernel/drivers/net/virtio_net.ko.xz: kernel/drivers/net/net_failover.ko.xz
kernel/drivers/net/wireless/iwl.ko:
kernel/drivers/gpu/drm/drm.ko:
kernel/drivers/atari/atari.ko:
kernel/drivers/ata/ahci.ko:
`

t.test('modules of the folders, with what they need wherever it is', async t => {
  t.strictSame(
    [...wantedModules(MODULES_DEP)],
    [
      'kernel/fs/xfs/xfs.ko',
      'kernel/lib/libcrc32c.ko',
      'kernel/mm/odd.ko',
      'kernel/drivers/net/virtio_net.ko.xz',
      'kernel/drivers/net/net_failover.ko.xz',
      'kernel/drivers/ata/ahci.ko',
    ],
  )
})

t.test('drivers of network cards, and what the root itself needs', async t => {
  t.ok(isNetworkDriver('kernel/drivers/net/ethernet/broadcom/tg3.ko'))
  t.notOk(isNetworkDriver('kernel/drivers/net/phy/realtek.ko'))
  t.ok(isEarlyModule('kernel/fs/overlayfs/overlay.ko.xz'))
  t.notOk(isEarlyModule('kernel/fs/overlayfs/overlay2.ko'))
  t.equal(moduleName('kernel/fs/overlayfs/overlay.ko.xz'), 'overlay')
})

t.test('firmware by module', async t => {
  const text = '@/x/e1000e.ko\n@/x/bnx2.ko.xz\nbnx2/a.fw\nbnx2/b.fw\n@/x/tg3.ko\ntigon/tg3.bin\n'
  t.strictSame(parseFirmware(text), { e1000e: [], bnx2: ['bnx2/a.fw', 'bnx2/b.fw'], tg3: ['tigon/tg3.bin'] })
})
