import { quoteShell } from '../../model/shell-word.ts'
import type { BootScript } from './script.ts'

/**
 * The script as GRUB reads it (its manual, section "Writing full configuration files directly"). Files are fetched from
 * where GRUB itself came from: that of Debian 12 knows no port in an address. Pure.
 */
export const renderGrubScript = (script: BootScript): string => {
  const lines = script.kind === 'local' ? LOCAL : imageLines(script)
  return [`# ${script.title}`, ...lines, ''].join('\n')
}

/** As for iPXE, firmware with UEFI goes on to its next boot device after an exit with a fault. */
const LOCAL: readonly string[] = [
  'if [ "$grub_platform" = efi ]; then',
  '  exit 1',
  'fi',
  'set root=(hd0)',
  'chainloader +1',
  'boot',
]

const imageLines = ({ kernel, initrd, words }: Extract<BootScript, { kind: 'image' }>): readonly string[] => [
  ['linux', `/${kernel}`, ...words.map(quote)].join(' '),
  `initrd /${initrd}`,
  'boot',
]

/** One word to GRUB, whose quotes are those of a shell. */
const quote = (word: string): string => (/^[A-Za-z0-9_./:=,@%+-]+$/.test(word) ? word : quoteShell(word))
