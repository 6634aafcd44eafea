import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'
import { withFiles } from './site-files.ts'

/** A zone with its signatures, and what a resolver is told to trust. */
export type SignedZone = { readonly text: string; readonly trustAnchor: string }

/** Signs a zone with a fresh key (RFC 4034), as Debian's bind9-utils does. */
export const signZone = (name: string, text: string): Promise<SignedZone> =>
  withFiles({ zone: text }, async directory => {
    await runProgram('dnssec-keygen', ['-q', '-a', 'ECDSAP256SHA256', '-f', 'KSK', '-K', directory, name])
    const signed = ['-f', join(directory, 'signed'), join(directory, 'zone')]
    await runProgram('dnssec-signzone', [
      '-q',
      '-S',
      '-z',
      '-K',
      directory,
      '-d',
      directory,
      '-o',
      name,
      ...signed,
    ])
    const keyFile = (await readdir(directory)).find(file => file.endsWith('.key')) ?? ''
    //  signed.test. IN DNSKEY 257 3 13 OwZl...
    const [, parameters, key] =
      /DNSKEY (\d+ \d+ \d+) (.+)$/m.exec(await readFile(join(directory, keyFile), 'utf8')) ?? []
    return {
      text: await readFile(join(directory, 'signed'), 'utf8'),
      trustAnchor: `"${name}." static-key ${parameters} "${key?.replaceAll(' ', '')}";`,
    }
  })
