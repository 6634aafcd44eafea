import * as z from 'zod/mini'
import { parseDnsName } from '../model/dns-name.ts'

/** A domain name, with or without the dot at its end. */
export const domainName = z.string().check(
  z.minLength(1),
  z.refine(name => parseDnsName(name) !== undefined, 'is no domain name such as ns.example.test'),
)
