import { unescapeMountField } from '../../model/mount-field.ts'

/** A row of `fstab` (fstab(5)), its fields without the escapes. */
export type FstabRow = {
  /** A device, or `UUID=…` and the like. */
  readonly source: string
  readonly mountPoint: string
  readonly filesystem: string
  readonly options: readonly string[]
  /** What the comment of FAI above the row calls the device while the host is installed. */
  readonly device?: string
}

const DEVICE_COMMENT = /^# device during installation: (\S+)$/

/** The rows of an `fstab` in file order; comments, and lines of fewer than three fields, are none. Pure. */
export const parseFstab = (text: string): readonly FstabRow[] => {
  let device: string | undefined
  return text.split('\n').flatMap(line => {
    const found = DEVICE_COMMENT.exec(line)?.[1]
    const above = device
    device = found
    const [source, mountPoint, filesystem, options] = fieldsOf(line)
    if (source === undefined || mountPoint === undefined || filesystem === undefined) return []
    return [
      {
        ...{ source, mountPoint, filesystem },
        options: (options ?? 'defaults').split(','),
        ...(above === undefined ? {} : { device: above }),
      },
    ]
  })
}

const fieldsOf = (line: string): readonly string[] =>
  line.startsWith('#')
    ? []
    : line
        .trim()
        .split(/[ \t]+/)
        .filter(field => field !== '')
        .map(unescapeMountField)

/** What FAI's task `mountdisks` passes over (fai-semantics.md, section 2.3). */
const NOT_MOUNTED = [
  'noauto',
  'none',
  'nfs',
  'nfs4',
  'ceph',
  'swap',
  'proc',
  'usbfs',
  'sysfs',
  'tmpfs',
  'devpts',
]

/** Whether a row is mounted while the host is installed. Pure. */
export const isMountedToInstall = ({ mountPoint, filesystem, options }: FstabRow): boolean =>
  mountPoint.startsWith('/') && ![filesystem, ...options].some(word => NOT_MOUNTED.includes(word))

/** The last word wins in mount(8): what is for the installed system must not stop its installation. */
const TO_INSTALL = ['rw', 'exec', 'suid', 'dev', 'noatime']

/** The options with which a row is mounted while the host is installed. Pure. */
export const optionsToInstall = ({ options }: FstabRow): string => [...options, ...TO_INSTALL].join(',')
