import { basename } from 'node:path'
import type { BootScript } from './script.ts'

/**
 * The script as iPXE reads it (https://ipxe.org/scripting): words between blanks, without quotes. A command that fails ends
 * the script, and the firmware goes on to its next boot device. Pure.
 *
 * Firmware with UEFI does so only after `exit 1`: after an exit without a fault many stop in their boot menu.
 */
export const renderIpxeScript = (script: BootScript, serverUrl: string): string => {
  const lines = script.kind === 'local' ? LOCAL : imageLines(script, serverUrl)
  return ['#!ipxe', `# ${script.title}`, ...lines, ''].join('\n')
}

const LOCAL: readonly string[] = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE expands it.
  'iseq ${platform} efi && goto efi ||',
  'sanboot --no-describe --drive 0x80 || exit',
  ':efi',
  'exit 1',
]

/** Kernels that do not ask the firmware for their initrd, as those before 5.8, look for it by the name in `initrd=`. */
const imageLines = (
  { kernel, initrd, words }: Extract<BootScript, { kind: 'image' }>,
  serverUrl: string,
): readonly string[] => {
  const name = basename(initrd)
  return [
    `initrd --name ${name} ${serverUrl}/${initrd}`,
    ['kernel', `${serverUrl}/${kernel}`, `initrd=${name}`, ...words].join(' '),
    'boot',
  ]
}
