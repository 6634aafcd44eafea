/** Types of packages that are carried out, in the order in which FAI does (install-packages.md, "Types"). */
export const TYPES_DONE = ['install', 'install-norec', 'remove'] as const

/** One of them. */
export type TypeDone = (typeof TYPES_DONE)[number]

const TYPES_KNOWN: ReadonlySet<string> = new Set(
  (
    'y2i y2r zypper zypper-pattern zypper-product zypper-rm yast rpmr urpmi urpme yumgroup yumi yumr dnfgroup dnfi dnfr ' +
    'smarti smartr hold taskrm taskinst cupt cupt-r install install-norec aptitude aptitude-r apt unpack remove ' +
    'dselect-upgrade pacman-Rns pacman-S apk-add apk-del'
  ).split(' '),
)

/** Whether FAI has this type. Pure. */
export const isKnownType = (type: string): boolean => TYPES_KNOWN.has(type)
