import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LET_GO } from './let-go.ts'
import { type ProgramEnd, runToEnd } from './run-program.ts'

/** A disk of such a machine: its name below `/dev`, its size, and that of a sector. */
export type LoopDisk = { readonly name: string; readonly sizeBytes: number; readonly sectorBytes: number }

/** A machine without udev whose disks may be harmed. */
export type LoopMachine = {
  /** A directory that the test sees too; it goes with the machine. */
  readonly directory: string
  /** Runs a program there: it sees the disks of the machine and no others. */
  run(argv: readonly string[], environment?: Readonly<Record<string, string>>): Promise<ProgramEnd>
  /** What a program prints there; rejects unless it exits 0. */
  output(...argv: readonly string[]): Promise<string>
  /** Runs a script there; its word `udevsettle` makes the device files of partitions. */
  shell(script: string): Promise<string>
}

/**
 * Attaches the disks, then holds the namespaces until its input ends, which it does even when the test is killed, and takes
 * everything away. Partitions of a loop device outlive its file: an earlier user's go first, and ours before the file.
 */
const HOLDER = `
set -eu
${LET_GO}
trap '' INT TERM HUP
directory=$1; shift
loops= nodes=
clean() {
  umount -l /dev || :
  for loop in $loops; do partx -d "$loop" || :; losetup -d "$loop" || :; done
  rm -rf "$directory"
}
trap clean EXIT
for disk; do
  loop=$(losetup --find --show --sector-size "\${disk#*,}" "$directory/\${disk%,*}.img")
  loops="$loops $loop" nodes="$nodes \${disk%,*},\${loop#/dev/loop}"
  partx -d "$loop" || :
done
mount --bind "$directory/meminfo" /proc/meminfo
mount -t tmpfs none /run
mount -t tmpfs -o mode=755 none /dev
set -- null 3 zero 5 full 7 random 8 urandom 9
while [ $# -gt 0 ]; do mknod -m 666 "/dev/$1" c 1 "$2"; shift 2; done
mknod -m 666 /dev/tty c 5 0
ln -s /proc/self/fd /dev/fd
for node in $nodes; do mknod -m 660 "/dev/\${node%,*}" b 7 "\${node#*,}"; done
echo ready
cat >/dev/null
`

const UDEVSETTLE = `
udevsettle() {
  for disk in $disks; do
    partx -d --nr 1:64 "/dev/$disk" 2>/dev/null || :
    partx -u --nr 1:64 "/dev/$disk" 2>/dev/null || :
    case $disk in *[0-9]) infix=p;; *) infix=;; esac
    for part in "/sys/dev/block/$(lsblk -dno MAJ:MIN "/dev/$disk" | tr -d ' ')"/*/partition; do
      [ -e "$part" ] || continue
      node=/dev/$disk$infix$(cat "$part")
      rm -f "$node"
      mknod -m 660 "$node" b $(tr : ' ' <"\${part%/partition}/dev")
    done
  done
}
`

/** Runs `use` with a machine of these disks, all empty; the machine goes whatever happened. */
export const withLoopMachine = async (
  disks: readonly LoopDisk[],
  memoryBytes: number,
  use: (machine: LoopMachine) => Promise<void>,
): Promise<void> => {
  const directory = mkdtempSync(join(tmpdir(), 'fai-classes-machine-'))
  try {
    for (const { name, sizeBytes } of disks) {
      writeFileSync(join(directory, `${name}.img`), '')
      truncateSync(join(directory, `${name}.img`), sizeBytes)
    }
    writeFileSync(join(directory, 'meminfo'), `MemTotal: ${memoryBytes / 1024} kB\n`)
    const words = disks.map(({ name, sectorBytes }) => `${name},${sectorBytes}`)
    const argv = ['--mount', '--net', '--propagation', 'private', 'sh', '-c', HOLDER, 'sh', directory]
    const holder = spawn('unshare', [...argv, ...words], { stdio: ['pipe', 'pipe', 'pipe'] })
    try {
      await use(await readyMachine(holder, directory, disks))
    } finally {
      holder.stdin.end()
      if (holder.exitCode === null) await once(holder, 'exit')
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const readyMachine = async (
  holder: ChildProcess,
  directory: string,
  disks: readonly LoopDisk[],
): Promise<LoopMachine> => {
  let said = ''
  holder.stderr?.setEncoding('utf8').on('data', chunk => {
    said += chunk
  })
  const ended = once(holder, 'exit').then(() => {
    throw new Error(`no machine: ${said}`)
  })
  ended.catch(() => {})
  if (holder.stdout !== null) await Promise.race([once(holder.stdout, 'data'), ended])
  const enter = ['--mount', '--net', '--target', String(holder.pid)]
  const run: LoopMachine['run'] = (argv, environment) => runToEnd('nsenter', [...enter, ...argv], environment)
  const output: LoopMachine['output'] = async (...argv) => {
    const { code, stdout, stderr } = await run(argv)
    if (code !== 0) throw new Error(`${argv.join(' ')} failed: ${stderr}`)
    return stdout
  }
  const names = disks.map(({ name }) => name).join(' ')
  const shell = (script: string) => output('sh', '-c', `disks='${names}'${UDEVSETTLE}${script}`)
  return { directory, run, output, shell }
}
