import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleProgram } from './bundle-program.ts'
import { LET_GO } from './let-go.ts'
import { runProgram } from './run-program.ts'

/** How a program ended, and all that it said. */
export type MachineEnd = {
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs in the machine. */
export type MachineRun = {
  readonly ended: Promise<MachineEnd>
  /** Kills it with everything that it has started, at once; resolves when all of it is gone. */
  readonly kill: () => Promise<void>
  /** Asks it to end, as somebody at the keyboard would. */
  readonly interrupt: (name: 'SIGINT' | 'SIGTERM') => Promise<void>
}

const CHARACTER_DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'btrfs-control']

/**
 * Script that unmounts all of the machine's disks. Swap is the kernel's, not the namespace's: a disk of that name may be that of
 * another machine.
 */
export const UNMOUNT = `for d in $(awk '$1 ~ "^/dev/sd[w-z]" { print $2 }' /proc/mounts | tac); do umount "$d"; done
for d in $(awk '$1 ~ "^/dev/sd[w-z]" { print $1 }' /proc/swaps); do swapoff "$d" || :; done`

/** Disks whose device files are left when the pipe ends were not detached by a test: it is gone. */
const DETACH_LEFT = (directory: string): string => `ls /dev/sd[w-z] >/dev/null 2>&1 || exit 0
${UNMOUNT}
for d in /dev/sd[w-z]; do partx --delete --nr 1:32 "$d"; losetup --detach "$d"; done
umount ${directory}/disks
rm -rf --one-file-system ${directory}`

/** Namespaces that live as long as somebody in them; a pipe that ends with this process keeps that one. */
export const makeNamespaces = async (directory: string, roomMib: number) => {
  const devices = join(directory, 'dev')
  await mkdir(devices)
  await mkdir(join(directory, 'disks'))
  await runProgram('cp', ['-a', ...CHARACTER_DEVICES.map(name => `/dev/${name}`), devices])
  await symlink('/proc/self/fd', join(devices, 'fd'))
  const program = await bundleProgram('src/testing/disks-program.ts', directory)
  const tmpfs = `mount -t tmpfs -o size=${roomMib}m none ${directory}/disks`
  const marks = 'mkdir -p /run/fai && mount -t tmpfs none /run/fai'
  const holder = spawn(
    'unshare',
    [
      '--mount',
      '--net',
      'sh',
      '-c',
      `${LET_GO}\nmount --bind ${devices} /dev && ${tmpfs} && ${marks} && echo ready && read -r _\n${DETACH_LEFT(directory)}`,
    ],
    // Not in the group of a test that is ended: it clears what that leaves.
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  )
  await Promise.race([
    once(holder.stdout, 'data'),
    once(holder, 'exit').then(() => {
      throw new Error('no namespaces of its own: unshare ended')
    }),
  ])
  const pid = String(holder.pid)
  const enter = ['--target', pid, '--mount', '--net']
  const starter =
    (before: readonly string[]) =>
    (args: readonly string[], env: Readonly<Record<string, string>> = {}): MachineRun =>
      runOf(
        spawn('nsenter', [...enter, ...before, process.execPath, program, ...args], {
          cwd: directory,
          env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(directory, 'cache'), ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        }),
        before.length > 0,
      )
  return {
    pid,
    shell: (script: string) => runProgram('nsenter', [...enter, 'sh', '-ec', script]),
    start: starter(['unshare', '--pid', '--fork']),
    startAlone: starter([]),
    processes: () => processesBeside(pid),
    end: async () => {
      const gone = once(holder, 'exit')
      holder.stdin.end()
      await gone
    },
  }
}

/** Programs in the mount namespace of a process, but for that process. */
const processesBeside = async (pid: string): Promise<readonly string[]> => {
  const namespaceOf = (each: string) => readlink(`/proc/${each}/ns/mnt`).catch(() => '')
  const wanted = await namespaceOf(pid)
  const found = (await readdir('/proc')).filter(name => /^\d+$/.test(name) && name !== pid)
  const beside = await Promise.all(
    found.map(async each =>
      (await namespaceOf(each)) === wanted
        ? [(await readFile(`/proc/${each}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim()]
        : [],
    ),
  )
  return beside.flat()
}

const runOf = (child: ChildProcess, isFirst: boolean): MachineRun => {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', chunk => {
      said[name] += chunk
    })
  const ended = new Promise<MachineEnd>(resolve =>
    child.once('close', code => resolve({ code: code ?? undefined, ...said })),
  )
  // The first process of a pid namespace takes all others with it, and is gone only after them.
  const signalFirst = async (name: NodeJS.Signals): Promise<void> => {
    if (!isFirst) {
      child.kill(name)
      return
    }
    const pid = String(child.pid)
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
    const first = Number(children.trim())
    if (first > 0) process.kill(first, name)
  }
  return {
    ended,
    kill: async () => {
      await signalFirst('SIGKILL')
      await ended
    },
    interrupt: signalFirst,
  }
}
