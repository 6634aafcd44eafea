import t from 'tap'
import type { ServeConfig } from '../config/serve-schema.ts'
import { archOf } from '../wire/dhcp/arch.ts'
import { bootFilesOf, serverUrlOf } from './serve-boot.ts'

const BOOT: ServeConfig['boot'] = {
  ...{ kernel: 'vmlinuz', initrd: 'initrd.img', cmdline: '', flags: [], byClass: {} },
  loaders: { bios: 'undionly.kpxe', x64: 'snponly.efi' },
  afterFailure: 'local',
}
const MACHINE = { mac: '52:54:00:12:34:56' }
const serve = (tftp: string | undefined, http: string | undefined) => ({
  boot: BOOT,
  tftp: tftp === undefined ? undefined : { listen: tftp, root: 'root' },
  http: http === undefined ? undefined : { listen: http },
})

t.test('machines reach HTTP where it listens; at every address, at ours on their wire', async t => {
  t.equal(serverUrlOf({ listen: '192.0.2.7' }, '192.0.2.1'), 'http://192.0.2.7:8080')
  t.equal(serverUrlOf({ listen: '0.0.0.0:80' }, '192.0.2.1'), 'http://192.0.2.1:80')
  t.equal(serverUrlOf({ listen: '0.0.0.0:80' }, undefined), undefined)
  t.equal(serverUrlOf(undefined, '192.0.2.1'), undefined)
})

// Numbers of option 93 (RFC 4578, section 2.1): BIOS, x64, arm64; x64 by HTTP.
const rows: Readonly<Record<number, { tftp: string | undefined; http: string | undefined }>> = {
  0: { tftp: 'undionly.kpxe', http: 'http://192.0.2.1:8080/undionly.kpxe' },
  7: { tftp: 'snponly.efi', http: 'http://192.0.2.1:8080/snponly.efi' },
  11: { tftp: undefined, http: undefined },
  16: { tftp: 'snponly.efi', http: 'http://192.0.2.1:8080/snponly.efi' },
}
for (const [number, { tftp, http }] of Object.entries(rows)) {
  t.test(`architecture ${number}: loaders`, async t => {
    const arch = archOf(Number(number))
    if (arch === undefined) throw new Error('no such architecture')
    const files = bootFilesOf(serve('0.0.0.0', '0.0.0.0'), '192.0.2.1', MACHINE)
    t.equal(files.tftpAddress, '192.0.2.1')
    t.equal(files.tftpLoader(arch), tftp)
    t.equal(files.httpLoader(arch), http)
    const without = bootFilesOf(serve(undefined, '192.0.2.1'), '192.0.2.1', MACHINE)
    t.equal(without.tftpLoader(arch), undefined)
  })
}

t.test('the script is asked for by MAC, and by UUID where the firmware says one', async t => {
  const uuid = '11111111-2222-4333-8444-555555555555'
  const files = (machine: { mac: string; uuid?: string }) =>
    bootFilesOf(serve(undefined, '192.0.2.1'), undefined, machine).script
  t.equal(files(MACHINE), 'http://192.0.2.1:8080/boot/52-54-00-12-34-56.ipxe')
  t.equal(files({ ...MACHINE, uuid }), `http://192.0.2.1:8080/boot/52-54-00-12-34-56.ipxe?uuid=${uuid}`)
})
