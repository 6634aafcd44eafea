import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/** Files in PEM: `server.pem` and `server.key` stand beside them. */
export type Certificates = { readonly caFile: string; readonly otherCaFile: string }

/**
 * Makes a CA, a certificate of it for 127.0.0.1 and localhost, which is valid for so many days (none where it is
 * to have expired), and another CA that signed nothing.
 */
export const makeCertificates = async (directory: string, days = 2): Promise<Certificates> => {
  const at = (name: string): string => join(directory, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const newCa = (name: string): Promise<string> =>
    runProgram('openssl', [
      ...['req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
    ])
  await newCa('ca')
  await newCa('other-ca')
  await writeFile(at('names.txt'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
  const request = ['-keyout', at('server.key'), '-out', at('server.csr')]
  await runProgram('openssl', ['req', '-new', ...newKey, '-subj', '/CN=localhost', ...request])
  await runProgram('openssl', [
    ...[
      'x509',
      '-req',
      '-in',
      at('server.csr'),
      '-CA',
      at('ca.pem'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
    ],
    ...['-days', String(days), '-extfile', at('names.txt'), '-out', at('server.pem')],
  ])
  return { caFile: at('ca.pem'), otherCaFile: at('other-ca.pem') }
}
