import { spawn } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { EXAMPLE, EXAMPLE_HOST, machineArchive } from '../testing/example-system.ts'
import { NAMESPACES } from '../testing/fai-run.ts'
import { ROOT } from '../testing/test-files.ts'
import { must } from './sample.ts'

const ROUNDS = 3
const PEER = 'fai dirinstall'
const OURS = 'dirinstall'

const ZONE = `$TTL 300
@ IN SOA ns1.example.test. hostmaster.example.test. 1 3600 900 604800 300
@ IN NS ns1.example.test.
${EXAMPLE_HOST} IN A 192.0.2.10
`
const CONFIG = `sources:
  - { kind: zonefile, zone: example.test, path: example.test.zone }
`

/** What FAI writes on this machine stays in a namespace that ends with it. */
const FAI = `for over in /run /var/log; do mount -t tmpfs -o mode=755 tmpfs "$over" || exit 125; done
exec fai -N -v -C "$1/etc" -s "file://$1/config" -u ${EXAMPLE_HOST} dirinstall "$2"`

/** One whole installation. */
type Installed = {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  /** Wall time of each task inside of the action, in their order. */
  readonly tasks: ReadonlyMap<string, number>
  /** `NAME VERSION`, sorted. */
  readonly packages: readonly string[]
}

/**
 * The example host of FAI's documentation into an empty directory, from the mirror of this machine, no base archive and no
 * package fetched before: our `dirinstall` and FAI's in turn. Throws where their packages differ.
 */
export const run = async (): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'fai-classes-bench-'))
  try {
    must(process.execPath, join(ROOT, 'src/testing/build.ts'))
    await prepare(directory)
    const fai: Installed[] = []
    const ours: Installed[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const target = join(directory, `target-${round}`)
      fai.push(await install(['unshare', ...NAMESPACES, 'sh', '-c', FAI, 'sh', directory], `${target}-fai`))
      const options = ['--config', 'config.yaml', '--config-space', 'config', '--log-dir', `log-${round}`]
      const program = [join(ROOT, 'bin/fai-classes'), 'dirinstall', ...options, EXAMPLE_HOST]
      ours.push(await install(program, `${target}-ours`, directory))
      comparePackages(fai.at(-1)?.packages ?? [], ours.at(-1)?.packages ?? [])
    }
    process.stdout.write(`${formatTable(fai, ours)}\n\n`)
    const ratio =
      median(ours, ({ wallSeconds }) => wallSeconds) / median(fai, ({ wallSeconds }) => wallSeconds)
    process.stdout.write(`install: ${ratio.toFixed(2)} of ${PEER} (wall, median of ${ROUNDS})\n`)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The example, with suite and mirror of this machine, and what its apt needs to reach it; and both configurations. */
const prepare = async (directory: string): Promise<void> => {
  const { archive, debootstrap } = await machineArchive()
  const space = join(directory, 'config')
  cpSync(EXAMPLE, space, { recursive: true })
  appendFileSync(join(space, 'class/FAIBASE.var'), `\nFAI_DEBOOTSTRAP="${debootstrap}"\n`)
  const options = join(space, 'files/etc/apt/apt.conf.d/80reach')
  mkdirSync(options, { recursive: true })
  writeFileSync(join(options, 'FAIBASE'), archive.aptOptions.map(line => `${line}\n`).join(''))
  writeFileSync(join(directory, 'example.test.zone'), ZONE)
  writeFileSync(join(directory, 'config.yaml'), CONFIG)
  mkdirSync(join(directory, 'etc'))
  for (const name of ['fai.conf', 'nfsroot.conf']) writeFileSync(join(directory, 'etc', name), '')
}

/** `time` of bash counts what the programs of a run take too. */
const TIMED = 'TIMEFORMAT="cpu %U %S"; time "$@"'

const install = async (argv: readonly string[], target: string, cwd = '/'): Promise<Installed> => {
  must('sync')
  writeFileSync('/proc/sys/vm/drop_caches', '1\n')
  const start = performance.now()
  const child = spawn('bash', ['-c', TIMED, 'bash', ...argv, target], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
  })
  const begins: { task: string; at: number }[] = []
  const lines: string[] = []
  const listen = (line: string): void => {
    lines.push(line)
    const task = /^Calling task_(\w+)|^\[[\d. ]+s\] task (\w+)$/.exec(line)
    if (task !== null) begins.push({ task: task[1] ?? task[2] ?? '', at: performance.now() })
  }
  for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', listen)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  const end = performance.now()
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}:\n${lines.slice(-20).join('\n')}`)
  const cpu = lines.flatMap(line => /^cpu ([\d.]+) ([\d.]+)$/.exec(line)?.slice(1).map(Number) ?? [])
  const packages = must(
    'dpkg-query',
    `--root=${target}`,
    '-W',
    '-f',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a format of dpkg-query.
    '${Package} ${Version} ${db:Status-Abbrev}\n',
  )
  rmSync(target, { recursive: true })
  return {
    wallSeconds: (end - start) / 1000,
    cpuSeconds: cpu.reduce((sum, seconds) => sum + seconds, 0),
    tasks: taskTimes(begins, end),
    packages: packages.split('\n').sort(),
  }
}

const taskTimes = (begins: readonly { task: string; at: number }[], end: number): Map<string, number> =>
  new Map(begins.map(({ task, at }, index) => [task, ((begins[index + 1]?.at ?? end) - at) / 1000]))

const comparePackages = (fai: readonly string[], ours: readonly string[]): void => {
  const missing = fai.filter(each => !ours.includes(each)).map(each => `- ${each}`)
  const added = ours.filter(each => !fai.includes(each)).map(each => `+ ${each}`)
  if (missing.length + added.length > 0) {
    throw new Error(`the packages differ:\n${[...missing, ...added].join('\n')}`)
  }
}

const median = (runs: readonly Installed[], of: (run: Installed) => number): number =>
  runs.map(of).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? NaN

const formatTable = (fai: readonly Installed[], ours: readonly Installed[]): string => {
  const row = (name: string, of: (run: Installed) => number): string => {
    const [theirs, own] = [median(fai, of), median(ours, of)]
    return [
      name.padEnd(16),
      ...[theirs, own].map(each => each.toFixed(1).padStart(15)),
      (own / theirs).toFixed(2).padStart(8),
    ].join('')
  }
  const tasks = [...(fai[0]?.tasks.keys() ?? [])]
  return [
    ['median seconds'.padEnd(16), ...[PEER, OURS].map(name => name.padStart(15)), 'ratio'.padStart(8)].join(
      '',
    ),
    ...tasks
      .filter(task => median(fai, ({ tasks: each }) => each.get(task) ?? 0) >= 0.5)
      .map(task => row(task, ({ tasks: each }) => each.get(task) ?? 0)),
    row('all (wall)', ({ wallSeconds }) => wallSeconds),
    row('all (CPU)', ({ cpuSeconds }) => cpuSeconds),
  ].join('\n')
}
