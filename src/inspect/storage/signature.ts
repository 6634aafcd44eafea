import type { FoundContent } from '../../model/storage.ts'

/** What blkid says of one device: its content, and the kind of its partition table. */
export type Signature = { readonly content?: FoundContent; readonly tableType?: string }

/**
 * Parses `blkid -p -o export` of one device: lines `NAME=value`, in which blkid escapes characters as `\xHH` or with a
 * backslash. Pure.
 */
export const parseSignature = (text: string): Signature => {
  const fields = new Map(
    text.split('\n').flatMap(line => {
      const equals = line.indexOf('=')
      return equals < 0 ? [] : [[line.slice(0, equals), unescaped(line.slice(equals + 1))] as const]
    }),
  )
  const [type, uuid, label, tableType] = ['TYPE', 'UUID', 'LABEL', 'PTTYPE'].map(name => fields.get(name))
  const names = { ...(uuid === undefined ? {} : { uuid }), ...(label === undefined ? {} : { label }) }
  return {
    ...(type === undefined ? {} : { content: { type, ...names } }),
    ...(tableType === undefined ? {} : { tableType }),
  }
}

const unescaped = (value: string): string =>
  Buffer.from(
    value.replace(/\\(?:x([0-9a-f]{2})|(.))/gi, (_, hex: string | undefined, plain: string) =>
      hex === undefined ? plain : String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    /[^\0-\xff]/.test(value) ? 'utf8' : 'latin1',
  ).toString()
