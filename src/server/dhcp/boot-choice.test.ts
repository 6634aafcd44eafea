import t from 'tap'
import { CAPTURE_FILES, capturedDhcp } from '../../testing/captured-packets.ts'
import { dhcpRequest } from '../../testing/dhcp-request.ts'
import { decodeMessage } from '../../wire/dhcp/message.ts'
import type { RawOption } from '../../wire/dhcp/option-field.ts'
import { decodeOption, encodeOption, OPTIONS } from '../../wire/dhcp/options.ts'
import { type BootChoice, type BootFiles, chooseBoot } from './boot-choice.ts'

const files: BootFiles = {
  tftpAddress: '192.0.2.1',
  tftpLoader: ({ firmware, cpu }) => (cpu === 'riscv64' ? undefined : `${firmware}-${cpu}`),
  httpLoader: ({ cpu }) => (cpu === 'riscv64' ? undefined : `http://192.0.2.1/${cpu}.efi`),
  script: 'http://192.0.2.1/boot.ipxe',
}
const script: BootChoice = { kind: 'script', nextServer: undefined, bootFile: files.script }
const byTftp = (bootFile: string): BootChoice => ({ kind: 'tftp', nextServer: '192.0.2.1', bootFile })
const byHttp = (bootFile: string): BootChoice => ({ kind: 'http', nextServer: undefined, bootFile })

const pxe = encodeOption(OPTIONS.vendorClass, 'PXEClient:Arch:00007:UNDI:003000')
const http = encodeOption(OPTIONS.vendorClass, 'HTTPClient:Arch:00016:UNDI:003000')
const arch = (...numbers: number[]): RawOption => encodeOption(OPTIONS.clientArchitectures, numbers)

const cases: Record<string, { options: readonly RawOption[]; want: BootChoice | undefined }> = {
  BIOS: { options: [pxe, arch(0)], want: byTftp('bios-x86') },
  'UEFI x64': { options: [pxe, arch(7)], want: byTftp('uefi-x64') },
  'UEFI x64 that says EBC': { options: [pxe, arch(9)], want: byTftp('uefi-x64') },
  'UEFI arm64': { options: [pxe, arch(11)], want: byTftp('uefi-arm64') },
  'the second architecture is the one that is known': {
    options: [pxe, arch(99, 7)],
    want: byTftp('uefi-x64'),
  },
  'UEFI HTTP x64': { options: [http, arch(16)], want: byHttp('http://192.0.2.1/x64.efi') },
  'UEFI HTTP arm64': { options: [http, arch(19)], want: byHttp('http://192.0.2.1/arm64.efi') },
  'no loader for TFTP': { options: [pxe, arch(27)], want: undefined },
  'no loader for HTTP': { options: [http, arch(28)], want: undefined },
  'an architecture that is not known': { options: [pxe, arch(99)], want: undefined },
  'no architecture': { options: [pxe], want: undefined },
  'no vendor class': { options: [arch(7)], want: undefined },
  'PXE with an architecture of HTTP': { options: [pxe, arch(16)], want: undefined },
  'HTTP with an architecture of TFTP': { options: [http, arch(7)], want: undefined },
  'iPXE by its bare user class': {
    options: [pxe, arch(0), encodeOption(OPTIONS.userClass, { form: 'bare', classes: ['iPXE'] })],
    want: script,
  },
  'iPXE in a list of user classes': {
    options: [pxe, arch(0), encodeOption(OPTIONS.userClass, { form: 'list', classes: ['a', 'iPXE'] })],
    want: script,
  },
  'iPXE whose user class was changed, by its own option': {
    options: [pxe, arch(7), encodeOption(OPTIONS.ipxeOptions, [])],
    want: script,
  },
  'another user class': {
    options: [pxe, arch(0), encodeOption(OPTIONS.userClass, { form: 'bare', classes: ['gPXE'] })],
    want: byTftp('bios-x86'),
  },
}

for (const [name, { options, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.strictSame(chooseBoot(dhcpRequest(options), files), want)
  })
}

t.test('real firmware gets its loader once, then iPXE gets the script', async t => {
  const chosen = CAPTURE_FILES.map(file =>
    capturedDhcp(file)
      .map(octets => decodeMessage(octets))
      .filter(message => decodeOption(message, OPTIONS.messageType) === 'discover')
      .map(message => chooseBoot(message, files)?.kind),
  )
  t.strictSame(chosen, [
    ['script', 'script'],
    ['http', 'script', 'script'],
    ['tftp', 'script', 'script'],
  ])
})
