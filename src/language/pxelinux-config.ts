/** What the label of a PXELINUX configuration that is booted by itself does. */
export type PxelinuxBoot =
  | { readonly kind: 'disk' }
  /** A kernel with the `NAME=value` words of its command line. */
  | { readonly kind: 'kernel'; readonly settings: ReadonlyMap<string, string> }
  /** Nothing that could be read. */
  | { readonly kind: 'unknown' }

type Label = { kernel?: string; localboot?: true; append: string }

/**
 * Reads a file of `pxelinux.cfg`, as `fai-chboot` writes it (fai-semantics.md, section 7.1) and people edit it: keywords in any case, the
 * label that `default` names, else the first. Pure.
 */
export const parsePxelinuxConfig = (text: string): PxelinuxBoot => {
  const labels = new Map<string, Label>()
  let first: string | undefined
  let chosen: string | undefined
  // What stands before the first label counts for it where there is none.
  let current: Label = { append: '' }
  for (const line of text.split('\n')) {
    const [, keyword = '', rest = ''] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? []
    switch (keyword.toLowerCase()) {
      case 'default':
        chosen = rest
        break
      case 'label':
        current = { append: '' }
        first ??= rest
        labels.set(rest, current)
        break
      case 'kernel':
      case 'linux':
        current.kernel = rest
        break
      case 'append':
        current.append = rest
        break
      case 'localboot':
        current.localboot = true
        break
    }
  }
  const label = labels.get(chosen ?? first ?? '') ?? (labels.size === 0 ? current : undefined)
  if (label?.localboot) return { kind: 'disk' }
  return label?.kernel === undefined
    ? { kind: 'unknown' }
    : { kind: 'kernel', settings: settingsOf(label.append) }
}

const settingsOf = (append: string): ReadonlyMap<string, string> =>
  new Map(
    append.split(/\s+/).flatMap(word => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(word) ?? []
      return name === undefined || value === undefined ? [] : [[name, value] as const]
    }),
  )

/** Whom a file of `pxelinux.cfg` is for, by its name; a smaller rank is looked for first. */
export type PxelinuxFile =
  | { readonly kind: 'machine'; readonly host: string; readonly rank: number }
  /** A disabled one, or a template: PXELINUX passes over it. */
  | { readonly kind: 'inactive' }
  | { readonly kind: 'default' }
  | { readonly kind: 'subnet' }
  | { readonly kind: 'other' }

/** Reads such a name: a UUID, `01-` and a MAC, an IPv4 address as 8 hexadecimal digits; fewer of these are a subnet. Pure. */
export const parsePxelinuxName = (name: string): PxelinuxFile => {
  if (/\.(disable|tmpl)$/.test(name)) return { kind: 'inactive' }
  if (name === 'default') return { kind: 'default' }
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name))
    return { kind: 'machine', host: name.toLowerCase(), rank: 0 }
  const mac = /^01((?:-[0-9a-f]{2}){6})$/i.exec(name)?.[1]
  if (mac !== undefined) return { kind: 'machine', host: mac.slice(1).toLowerCase(), rank: 1 }
  if (/^[0-9A-F]{8}$/.test(name))
    return { kind: 'machine', host: [...Buffer.from(name, 'hex')].join('.'), rank: 2 }
  return /^[0-9A-F]{1,7}$/.test(name) ? { kind: 'subnet' } : { kind: 'other' }
}
