/** A field of `fstab` or `mountinfo` as it is meant: blanks and backslashes stand there as `\040` (getmntent(3)). Pure. */
export const unescapeMountField = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
