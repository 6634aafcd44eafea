import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { NetConnectOpts } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import { endProgram, untilListening } from './listening-program.ts'
import { runProgram } from './run-program.ts'
import { ROOT } from './test-files.ts'

/** What a slapd for a test is to hold and how it is to behave. */
export type SlapdOptions = {
  /** Content records, loaded by slapadd, which checks them against the schema. */
  readonly ldif: string
  readonly suffix?: string
  /** Schema files beside the usual ones and ours. */
  readonly schemas?: readonly string[]
  /** `sizelimit` of slapd.conf, in entries. */
  readonly sizeLimit?: number
  /** Lines of slapd.conf for the database: `access`, `limits`, `overlay`. */
  readonly databaseLines?: readonly string[]
  /** Certificate of a CA made for this test; StartTLS, and `ldaps` on a port of its own. */
  readonly tls?: boolean
  /** Of the certificate; it has expired where there are none. */
  readonly tlsDays?: number
  /** Listens on a local socket too. */
  readonly socket?: boolean
}

/** A running slapd. `stop` ends it and removes all it wrote. */
export type Slapd = {
  readonly url: string
  readonly port: number
  readonly ldapsUrl: string
  readonly ldapiUrl: string
  /** CA that signed the server's certificate, and one that did not. */
  readonly caFile: string
  readonly otherCaFile: string
  readonly rootDn: string
  readonly rootPassword: string
  /** Ends it and starts it again, with the same entries at the same addresses. */
  readonly restart: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Schemas of Debian's slapd that our conventions build on. */
const SCHEMAS = ['core', 'cosine', 'nis', 'inetorgperson'].map(name => `/etc/ldap/schema/${name}.schema`)
const OURS = join(ROOT, 'schema/fai-classes.schema')
const ROOT_PASSWORD = 'for-tests-only'

/** Starts a real slapd on a free port of 127.0.0.1, in a directory of its own, loaded with `ldif`. */
export const startSlapd = async (options: SlapdOptions): Promise<Slapd> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-slapd-'))
  try {
    const { suffix = 'dc=example,dc=test' } = options
    const certificates = options.tls === true ? await makeCertificates(directory, options.tlsDays) : undefined
    const [port, tlsPort] = [await freePort(), await freePort()]
    const rootDn = `cn=root,${suffix}`
    const configFile = join(directory, 'slapd.conf')
    await mkdir(join(directory, 'db'))
    await writeFile(configFile, slapdConf(options, directory, suffix, rootDn, certificates !== undefined))
    // slapadd takes no version line, which RFC 2849 wants.
    await writeFile(join(directory, 'content.ldif'), options.ldif.replace(/^version:.*\n/, ''))
    await runProgram('/usr/sbin/slapadd', [
      '-f',
      configFile,
      '-b',
      suffix,
      '-l',
      join(directory, 'content.ldif'),
    ])

    const url = `ldap://127.0.0.1:${port}`
    const ldapsUrl = `ldaps://127.0.0.1:${tlsPort}`
    const ldapiUrl = `ldapi://${encodeURIComponent(join(directory, 'ldapi'))}`
    const urls = [
      url,
      ...(options.tls === true ? [ldapsUrl] : []),
      ...(options.socket === true ? [ldapiUrl] : []),
    ]
    let server = await launch(configFile, urls)
    const restart = async (): Promise<void> => {
      await endProgram(server)
      server = await launch(configFile, urls)
    }
    const stop = async (): Promise<void> => {
      await endProgram(server)
      await rm(directory, { recursive: true, force: true })
    }
    const caFile = certificates?.caFile ?? ''
    const otherCaFile = certificates?.otherCaFile ?? ''
    const rootPassword = ROOT_PASSWORD
    return { url, port, ldapsUrl, ldapiUrl, caFile, otherCaFile, rootDn, rootPassword, restart, stop }
  } catch (cause) {
    await rm(directory, { recursive: true, force: true })
    throw cause
  }
}

const slapdConf = (
  { sizeLimit, schemas = [], databaseLines = [] }: SlapdOptions,
  directory: string,
  suffix: string,
  rootDn: string,
  hasTls: boolean,
): string =>
  [
    ...[...SCHEMAS, OURS, ...schemas].map(path => `include ${path}`),
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    `pidfile ${join(directory, 'pid')}`,
    `argsfile ${join(directory, 'args')}`,
    ...(hasTls
      ? [`TLSCertificateFile ${directory}/server.pem`, `TLSCertificateKeyFile ${directory}/server.key`]
      : []),
    ...(sizeLimit === undefined ? [] : [`sizelimit ${sizeLimit}`]),
    'database mdb',
    `suffix "${suffix}"`,
    `rootdn "${rootDn}"`,
    `rootpw ${ROOT_PASSWORD}`,
    `directory ${join(directory, 'db')}`,
    `maxsize ${1 << 28}`,
    'index objectClass eq',
    ...databaseLines,
    '',
  ].join('\n')

/** In the foreground, so that its end is seen. It is ready when it takes connections at all its addresses. */
const launch = async (configFile: string, urls: readonly string[]): Promise<ChildProcess> => {
  const server = spawn('/usr/sbin/slapd', ['-d', 'none', '-f', configFile, '-h', urls.join(' ')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const kill = (): boolean => server.kill('SIGKILL')
  process.once('exit', kill)
  server.once('exit', () => process.off('exit', kill))
  let heard = ''
  server.stderr?.setEncoding('utf8').on('data', text => {
    heard += text
  })
  await untilListening(server, urls.map(placeOf)).catch(cause => {
    throw new Error(`slapd did not start:\n${heard}`, { cause })
  })
  return server
}

const placeOf = (url: string): NetConnectOpts => {
  const { protocol, hostname, port } = new URL(url)
  return protocol === 'ldapi:'
    ? { path: decodeURIComponent(hostname) }
    : { host: hostname, port: Number(port) }
}
