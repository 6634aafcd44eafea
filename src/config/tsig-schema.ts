import * as z from 'zod/mini'
import { TSIG_ALGORITHMS } from '../model/tsig-key.ts'

const text = z.string().check(z.minLength(1))

/** A TSIG key; its secret is in a file. */
export const tsigKey = z.strictObject({
  name: text,
  algorithm: z._default(z.enum(TSIG_ALGORITHMS), 'hmac-sha256'),
  secretFile: text,
})
