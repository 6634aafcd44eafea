import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runInProcess } from './command-run.ts'
import { runProgram } from './run-program.ts'
import { withFiles } from './site-files.ts'

/** A list and what classes depend on, as `CLASS.deps` says it. */
export type DepsCase = {
  /** The list before, DEFAULT, host and LAST included where they are. */
  readonly before: readonly string[]
  readonly deps: ReadonlyMap<string, readonly string[]>
}

/** What Debian's `fai-deps` makes of a list. */
export const runFaiDeps = ({ before, deps }: DepsCase): Promise<readonly string[]> =>
  withFiles({ ...depsFiles(deps), 'log/FAI_CLASSES': `${before.join('\n')}\n` }, async directory => {
    await mkdir(join(directory, 'class'), { recursive: true })
    await runProgram('env', [`FAI=${directory}`, `LOGDIR=${directory}/log`, 'fai-deps'])
    return wordsOf(await readFile(join(directory, 'log/FAI_CLASSES'), 'utf8'))
  })

/**
 * What we make of the same list, the dependencies read from the same files; with an error, its code. What stands
 * before between DEFAULT and the host is what the host asks for.
 */
export const runDepsLookup = ({ before, deps }: DepsCase): Promise<readonly string[]> =>
  withFiles(depsFiles(deps), async directory => {
    await mkdir(join(directory, 'class'), { recursive: true })
    const asked = before.filter(name => !['DEFAULT', 'host', 'LAST'].includes(name))
    await writeFile(join(directory, 'site.zone'), zoneOf(asked))
    await writeFile(join(directory, 'site.yaml'), CONFIG)
    const { stdout, stderr } = await runInProcess([
      'lookup',
      'host',
      '--format',
      'words',
      '--config',
      join(directory, 'site.yaml'),
    ])
    return stdout === '' ? (/^error ([a-z-]+)/m.exec(stderr)?.slice(1) ?? [stderr]) : wordsOf(stdout)
  })

const CONFIG = `sources:
  - { kind: zonefile, zone: example.test, path: site.zone }
  - { kind: deps, path: class }
resolution: { unknownClass: allow }
`

const zoneOf = (asked: readonly string[]): string => `$TTL 300
@ IN SOA ns1 hostmaster 1 3600 900 1209600 300
@ IN NS ns1
ns1 IN A 127.0.0.1
_fai.host IN TXT "${asked.join(' ')}"
`

const depsFiles = (deps: DepsCase['deps']): Readonly<Record<string, string>> =>
  Object.fromEntries([...deps].map(([name, needed]) => [`class/${name}.deps`, `${needed.join(' ')}\n`]))

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter(word => word !== '')
