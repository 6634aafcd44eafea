import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeNetbootImage } from '../testing/netboot-image.ts'
import { makeNetbootNetwork, networkCard } from '../testing/netboot-network.ts'
import { startMachine, withFirmware } from '../testing/qemu.ts'
import { runProgram } from '../testing/run-program.ts'
import { startServe } from '../testing/serve-program.ts'
import { ROOT } from '../testing/test-files.ts'

/** From power-on to the installer's first line, on a machine that does much else. */
const LIMIT_SECONDS = 240
const timeout = (LIMIT_SECONDS + 10) * 1000
t.setTimeout(3 * timeout + 600_000)

/** Firmware of UEFI asks by both ways and both families, one after the other, and waits long for each. */
const without = (...names: readonly string[]): readonly string[] =>
  names.flatMap(name => ['-fw_cfg', `name=opt/org.tianocore/${name},string=n`])

type Firmware = {
  readonly host: string
  readonly mac: string
  readonly rom: 'ipxe' | 'none'
  readonly isUefi: boolean
  readonly args: readonly string[]
  /** Lines that must be in the log, in this order; each proves a way that was taken. */
  readonly log: readonly RegExp[]
}

const script = (mac: string): RegExp =>
  new RegExp(`^http 192\\.0\\.2\\.\\d+ GET served /boot/${mac.replaceAll(':', '-')}\\.ipxe `, 'm')

const firmwares: Readonly<Record<string, Firmware>> = {
  'BIOS, iPXE in the ROM of the card': {
    ...{ host: 'bios', mac: '52:54:00:00:00:01', rom: 'ipxe', isUefi: false, args: [] },
    log: [
      /^dhcp 52:54:00:00:00:01 REQUEST ack 192\.0\.2\.11 bios http:\/\/192\.0\.2\.1:8080\/boot\//m,
      script('52:54:00:00:00:01'),
    ],
  },
  'UEFI, PXE: the loader by TFTP': {
    ...{ host: 'pxe', mac: '52:54:00:00:00:02', rom: 'none', isUefi: true },
    args: without('IPv6PXESupport'),
    log: [
      /^dhcp 52:54:00:00:00:02 REQUEST ack 192\.0\.2\.12 pxe snponly\.efi/m,
      /^tftp 192\.0\.2\.12 RRQ served "snponly\.efi"/m,
      script('52:54:00:00:00:02'),
    ],
  },
  'UEFI, HTTP boot: the loader by HTTP': {
    ...{ host: 'http', mac: '52:54:00:00:00:03', rom: 'none', isUefi: true },
    args: without('IPv4PXESupport', 'IPv6PXESupport'),
    log: [
      /^dhcp 52:54:00:00:00:03 REQUEST ack 192\.0\.2\.13 http http:\/\/192\.0\.2\.1:8080\/snponly\.efi/m,
      /^http 192\.0\.2\.13 GET served \/snponly\.efi 200/m,
      script('52:54:00:00:00:03'),
    ],
  },
}

const CONFIG = `sources: [{ kind: zonefile, zone: example.test, path: example.test.zone }]
serve:
  dhcp: { interface: br0, range: [192.0.2.100, 192.0.2.110], probe: off }
  tftp: { listen: "192.0.2.1:69", root: root }
  http: { listen: "192.0.2.1:8080" }
  boot: { cmdline: console=ttyS0, loaders: { x64: snponly.efi } }
  stateDirectory: state
  user: nobody
`

const ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 604800 300
@ IN NS ns1
bios IN A 192.0.2.11
pxe  IN A 192.0.2.12
http IN A 192.0.2.13
52-54-00-00-00-01._mac IN PTR bios
52-54-00-00-00-02._mac IN PTR pxe
52-54-00-00-00-03._mac IN PTR http
`

const directory = await mkdtemp(join(tmpdir(), 'fai-classes-firmware-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
// What is served is read by the user that serves it.
await runProgram('chmod', ['755', directory])
const root = join(directory, 'root')
await mkdir(root)
await makeNetbootImage(root)
await copyFile('/usr/lib/ipxe/snponly.efi', join(root, 'snponly.efi'))
const config = join(directory, 'fai-classes.yaml')
await writeFile(config, CONFIG)
await writeFile(join(directory, 'example.test.zone'), ZONE)
const network = await makeNetbootNetwork(1)
t.teardown(() => network.remove())
const serve = await startServe(config, network.enter)
t.teardown(() => serve.stop())

for (const [name, { host, mac, rom, isUefi, args, log }] of Object.entries(firmwares)) {
  t.test(`${name}, to the installer's first line`, { timeout }, async t => {
    await runProgram(join(ROOT, 'bin/fai-classes'), ['boot', host, 'install', '--config', config])
    const boot = async (firmware: readonly string[]): Promise<void> => {
      const machine = startMachine({
        args: [...firmware, ...networkCard(network.taps[0] ?? '', mac, rom), ...args],
        memoryMib: 1536,
        timeoutSeconds: LIMIT_SECONDS,
        enter: network.enter,
      })
      try {
        const { seconds } = await machine.until(new RegExp(`^fai-classes: installing ${host} `, 'm'))
        t.comment(`after ${Math.round(seconds)} s`)
      } finally {
        await machine.stop()
      }
    }
    await (isUefi ? withFirmware(boot) : boot([])).catch(error => {
      throw new Error(`${String(error)}\nwhat was served:\n${serve.log()}`)
    })
    const places = log.map(line => serve.log().search(line))
    t.ok(
      places.every(place => place >= 0),
      'each way was taken',
      { log: serve.log() },
    )
    t.strictSame(
      places,
      places.toSorted((a, b) => a - b),
    )
  })
}
