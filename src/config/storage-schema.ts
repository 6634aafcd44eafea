import * as z from 'zod/mini'
import { errorAt, type Outcome } from '../diagnostic/diagnostic.ts'
import type { Storage } from '../model/storage.ts'

// The storage of a machine as `disks inspect` prints it and `--machine` reads it; the types are those of model/storage.ts.

const bytes = z.int().check(z.minimum(0))
const texts = z.array(z.string())
const use = { mountPoints: texts, holders: texts }
const content = z.optional(
  z.strictObject({ type: z.string(), uuid: z.optional(z.string()), label: z.optional(z.string()) }),
)

const partition = z.strictObject({
  number: z.int().check(z.minimum(1)),
  device: z.string(),
  kind: z.enum(['primary', 'extended', 'logical']),
  startByte: bytes,
  sizeBytes: bytes,
  type: z.string(),
  name: z.optional(z.string()),
  uuid: z.optional(z.string()),
  attributes: z.optional(z.string()),
  isActive: z.boolean(),
  content,
  ...use,
})

const disk = z.strictObject({
  name: z.string(),
  device: z.string(),
  links: texts,
  sizeBytes: bytes,
  sectorBytes: z.int().check(z.minimum(512)),
  isReadOnly: z.boolean(),
  geometry: z.optional(z.strictObject({ heads: z.int(), sectors: z.int() })),
  model: z.optional(z.string()),
  serial: z.optional(z.string()),
  table: z.optional(
    z.strictObject({
      format: z.enum(['gpt', 'dos']),
      id: z.optional(z.string()),
      partitions: z.array(partition),
    }),
  ),
  content,
  ...use,
})

const array = z.strictObject({
  device: z.string(),
  level: z.string(),
  uuid: z.optional(z.string()),
  isRunning: z.boolean(),
  sizeBytes: z.optional(bytes),
  members: texts,
  spares: texts,
  content,
  ...use,
})

const volume = z.strictObject({
  name: z.string(),
  device: z.string(),
  sizeBytes: bytes,
  isActive: z.boolean(),
  content,
  ...use,
})

const group = z.strictObject({
  name: z.string(),
  uuid: z.optional(z.string()),
  sizeBytes: bytes,
  extentBytes: bytes,
  physicalVolumes: texts,
  volumes: z.array(volume),
})

const mapping = z.strictObject({ name: z.string(), device: z.string(), on: z.string(), content, ...use })

const storageSchema = z.strictObject({
  memoryBytes: bytes,
  disks: z.array(disk),
  arrays: z.array(array),
  volumeGroups: z.array(group),
  encrypted: z.array(mapping),
})

/** JSON Schema of the file, for `schema/disks-machine.schema.json`. */
export const storageJsonSchema = (): unknown => z.toJSONSchema(storageSchema)

/** Parses what `disks inspect` printed. Pure; a text that is none is `config-invalid`, with the place in it. */
export const parseStorage = (text: string, path: string): Outcome<Storage> => {
  const origin = { kind: 'file', path } as const
  const json = parseJson(text)
  if (!json.ok) return { value: undefined, diagnostics: [errorAt('config-invalid', json.message, origin)] }
  const parsed = storageSchema.safeParse(json.value)
  if (parsed.success) return { value: parsed.data as Storage, diagnostics: [] }
  const diagnostics = parsed.error.issues.map(({ path: place, message }) =>
    errorAt('config-invalid', `${place.map(String).join('.') || 'the file'}: ${message}`, origin),
  )
  return { value: undefined, diagnostics }
}

type Json = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

const parseJson = (text: string): Json => {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
