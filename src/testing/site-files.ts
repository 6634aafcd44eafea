import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A zone of `web01` and `db01`, which have a class each, and of `bad01`, whose class is none; it ends with a line end. */
export const HOSTS_ZONE = `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 604800 300
@ IN NS ns1
web01 IN A 192.0.2.11
_fai.web01 IN TXT "WEB"
db01 IN A 192.0.2.12
_fai.db01 IN TXT "DATABASE"
bad01 IN A 192.0.2.13
_fai.bad01 IN TXT "A/B"
`

/** Writes files into a fresh directory, runs `use` with its path, and removes it whatever happened. */
export const withFiles = async <T>(
  files: Readonly<Record<string, string | Buffer>>,
  use: (directory: string) => Promise<T>,
): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-test-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, path)), { recursive: true })
      await writeFile(join(directory, path), text)
    }
    return await use(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
