/**
 * Whether a text may stand as one word in a kernel command line and in the scripts of iPXE and GRUB: printable ASCII with
 * no blank, nothing that iPXE expands (`${…}`), and none of its words that end a command. Pure.
 */
export const isBootWord = (text: string): boolean =>
  /^[!-[\]-~]+$/.test(text) && !text.includes('${') && !COMMAND_ENDS.includes(text)

/** iPXE takes these for the end of a command where they stand alone. */
const COMMAND_ENDS: readonly string[] = ['#', ';', '&&', '||']

/** The words of a kernel command line. Pure. */
export const bootWords = (cmdline: string): readonly string[] =>
  cmdline.split(/\s+/).filter(word => word !== '')

/** Whether a text names a file below a root: names between single slashes, none of them `.` or `..`. Pure. */
export const isPathBelow = (text: string): boolean =>
  text.split('/').every(name => /^[A-Za-z0-9_+,=@.~-]+$/.test(name) && name !== '.' && name !== '..')
