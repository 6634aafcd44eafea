import * as z from 'zod/mini'
import { parseClassName } from '../model/class-name.ts'
import { configSchema, type RegisterConfig } from './schema.ts'

/** What a boot server orders (`model/install-order.ts`), as far as it decides anything; the rest is handed on as it came. */

const className = z.string().check(z.refine(name => parseClassName(name) !== undefined, 'is no class name'))
const list = z.array(z.unknown())
const variable = z.looseObject({ value: z.string(), origin: z.looseObject({ kind: z.string() }) })

const lookup = z.looseObject({
  host: z.string().check(z.minLength(1)),
  fqdn: z.string(),
  classes: z.array(className),
  because: list,
  notTaken: list,
  variables: z.record(z.string(), variable),
  sources: list,
  diagnostics: list,
})

const orderSchema = z.looseObject({
  lookup,
  addresses: z.array(z.string()),
  register: z.optional(z.unknown()),
  reportKey: z.string().check(z.minLength(1)),
})

/** An order whose shape is right. */
export type ParsedOrder = z.infer<typeof orderSchema>

/** The order, or what of it is wrong. Pure. */
export const parseInstallOrder = (value: unknown): ParsedOrder | string => {
  const parsed = orderSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return `${issue?.path.map(String).join('.') || 'the whole'}: ${issue?.message}`
}

/** Keeps a secret in a file and gives its path. */
type KeepSecret = (base64: string) => string

/**
 * `register` of an order as the configuration has it: each secret in a file of its own, which `keep` makes. Undefined where it is
 * none.
 */
export const parseOrderedRegister = (value: unknown, keep: KeepSecret): RegisterConfig | undefined => {
  const { register } = configSchema.shape
  const parsed = register.safeParse(withFiles(value, keep))
  return parsed.success ? parsed.data : undefined
}

/** `tsig: { name, algorithm, secret }` becomes `tsig: { name, algorithm, secretFile }` at any depth. */
const withFiles = (value: unknown, keep: KeepSecret): unknown => {
  if (Array.isArray(value)) return value.map(each => withFiles(each, keep))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) =>
      name === 'secret' && typeof inner === 'string'
        ? ['secretFile', keep(inner)]
        : [name, withFiles(inner, keep)],
    ),
  )
}
