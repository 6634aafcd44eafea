import { spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withFiles } from './site-files.ts'
import { ROOT } from './test-files.ts'

/** How Debian's `fai` is to be run with our class script. */
export type FaiRequest = {
  readonly action: 'probe' | 'dirinstall'
  readonly host: string
  /** Configuration of fai-classes. */
  readonly config: string
  /** More files of the config space, all executable. */
  readonly files?: Readonly<Record<string, string>>
  /** A command to run first, in the namespace. */
  readonly interpreter?: string
}

/** How it ended. */
export type FaiRun = {
  readonly exitCode: number | null
  readonly output: string
  /** `FAI_CLASSES` of its log directory. */
  readonly classes: readonly string[]
  /** `fai-monitor.log` of its log directory. */
  readonly messages: readonly string[]
  /** The action began. */
  readonly reached: boolean
  /** Files in the directory that `dirinstall` installs into, without what FAI keeps of its own run. */
  readonly installed: readonly string[]
}

/** The shipped class script. */
export const CLASS_SCRIPT = join(ROOT, 'bin/fai/90-fai-classes')

const LIMIT_MS = 120_000

/**
 * Runs Debian's `fai -N` in namespaces of its own: everywhere that FAI writes is a file system in memory that ends
 * with them, and so do its processes. The action is a hook, or the first task of `dirinstall` with a hook that skips all tasks.
 */
export const runFai = (request: FaiRequest): Promise<FaiRun> =>
  withFiles({}, async directory => {
    const script = await readFile(CLASS_SCRIPT, 'utf8')
    const mark = `echo reached >${directory}/reached\n`
    const executables: Readonly<Record<string, string>> = {
      'cs/class/10-machine': '#!/bin/sh\necho AMD64 EFI\n',
      'cs/hooks/probe': `#!/bin/sh\n${mark}`,
      'cs/hooks/extrbase.DEFAULT.sh': `${mark}skiptask ${TASKS}\n`,
      ...request.files,
    }
    for (const [path, text] of Object.entries(executables)) await writeExecutable(join(directory, path), text)
    await copyFile(CLASS_SCRIPT, join(directory, 'cs/class/90-fai-classes'))
    if (request.interpreter !== undefined) {
      const other = script.replace(/^#!.*/, `#!${request.interpreter}`)
      await writeExecutable(join(directory, 'cs/class/90-fai-classes'), other)
    }
    await mkdir(join(directory, 'etc'))
    await writeFile(join(directory, 'etc/fai.conf'), '')
    await writeFile(join(directory, 'etc/nfsroot.conf'), 'FAI_DEBOOTSTRAP="none none"\n')
    await writeFile(join(directory, 'config.yaml'), request.config)
    return run(request, directory)
  })

const TASKS = 'extrbase debconf repository updatebase instsoft configure tests finish savelog'

const writeExecutable = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  await chmod(path, 0o755)
}

/** FAI sets PATH itself; `/usr/local/sbin` is its first part. `classes` is read before the namespace ends. */
const NAMESPACE = `
for over in /run /var/log /var/lib /usr/local/sbin; do mount -t tmpfs -o mode=755 tmpfs "$over" || exit 125; done
ln -s "$ROOT/bin/fai-classes" /usr/local/sbin/fai-classes
fai -N -s "file://$work/cs" -u "$host" "$@"
code=$?
cp "/var/log/fai/$host/last/FAI_CLASSES" "$work/classes"
cp "/var/log/fai/$host/last/fai-monitor.log" "$work/messages"
exit $code
`

const run = async ({ action, host }: FaiRequest, work: string): Promise<FaiRun> => {
  const target = action === 'dirinstall' ? [join(work, 'target')] : []
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    [
      ...['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...['sh', '-c', NAMESPACE, 'sh', action, ...target],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      timeout: LIMIT_MS,
      cwd: '/',
      env: {
        PATH: process.env['PATH'],
        LC_ALL: 'C.UTF-8',
        ROOT,
        work,
        host,
        FAI_ETC_DIR: join(work, 'etc'),
        FAI_CLASSES_CONFIG: join(work, 'config.yaml'),
      },
    },
  )
  return {
    exitCode: status,
    output: `${stdout}${stderr}`,
    classes: (await readOrEmpty(join(work, 'classes'))).split(/\s+/).filter(word => word !== ''),
    messages: (await readOrEmpty(join(work, 'messages'))).split('\n').filter(line => line !== ''),
    reached: (await readOrEmpty(join(work, 'reached'))) !== '',
    installed: await filesBelow(join(work, 'target')),
  }
}

const readOrEmpty = async (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

const OWN_FOLDERS = ['var/log/fai', 'var/lib/fai']

const filesBelow = async (directory: string): Promise<readonly string[]> => {
  const found = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = found
    .filter(entry => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name))
  return paths.filter(path => !OWN_FOLDERS.some(folder => path.startsWith(join(directory, folder))))
}
