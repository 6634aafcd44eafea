import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { BOOT, WEB01, WEB01_MAC } from '../../testing/boot-site.ts'
import { startMachine, withFirmware } from '../../testing/qemu.ts'
import { withFiles } from '../../testing/site-files.ts'
import { renderIpxeScript } from './ipxe-script.ts'
import { hostScript } from './script.ts'

// What becomes of the script of a host that is not armed: iPXE in real firmware goes on to the disk.

const SERVER_URL = 'http://192.0.2.1:8080'

const script = renderIpxeScript(
  hostScript(WEB01, 'local', undefined, { mac: WEB01_MAC, serverUrl: SERVER_URL, config: BOOT }),
  SERVER_URL,
)

const BOOTED = 'this is the disk'
const TIMEOUT_SECONDS = 300

/** A disk whose boot sector says so on the serial line, in code of a 8086. */
const biosDisk = async (path: string): Promise<void> => {
  const sector = Buffer.alloc(512)
  Buffer.from('31c08ed8be157cac84c07406baf803eeebf5f4ebfd', 'hex').copy(sector)
  sector.write(BOOTED, 0x15)
  sector.writeUInt16LE(0xaa55, 510)
  await writeFile(path, Buffer.concat([sector, Buffer.alloc(2 ** 20)]))
}

/** The network first, whose boot file is the script, then the disk. */
const machineArgs = (directory: string, disk: string): readonly string[] => [
  ...['-netdev', `user,id=net0,ipv6=off,tftp=${directory},bootfile=/local.ipxe`],
  ...['-device', 'virtio-net-pci,netdev=net0,bootindex=1'],
  ...['-drive', `id=disk,if=none,format=raw,snapshot=on,file=${disk}`],
  ...['-device', 'virtio-blk-pci,drive=disk,bootindex=2'],
]

/** What the machine says until then. */
const bootUntil = async (pattern: RegExp, args: readonly string[]): Promise<string> => {
  const machine = startMachine({ args, memoryMib: 512, timeoutSeconds: TIMEOUT_SECONDS })
  try {
    return (await machine.until(pattern)).console
  } finally {
    await machine.stop()
  }
}

t.test('BIOS: iPXE boots the disk', async t => {
  await withFiles({ 'local.ipxe': script }, async directory => {
    const disk = join(directory, 'disk')
    await biosDisk(disk)
    const said = await bootUntil(new RegExp(BOOTED), machineArgs(directory, disk))
    t.match(said, /\[script\]\s+Booting from SAN device 0x8[\s\S]*this is the disk/)
  })
})

t.test('UEFI: iPXE ends with a fault, so that the firmware goes on to its next boot device', async t => {
  await withFiles({ 'local.ipxe': script }, async directory => {
    const disk = join(directory, 'disk')
    await biosDisk(disk)
    const said = await withFirmware(firmware =>
      // Of the same card OVMF tries more than iPXE, for minutes, before it comes to the disk.
      bootUntil(/>>Start/, [...firmware, ...machineArgs(directory, disk)]),
    )
    t.match(said, /\[script\]\s+Could not boot image: Error 0x0+1 [\s\S]*failed to load Boot[\s\S]*>>Start/)
  })
})
