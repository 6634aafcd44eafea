import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBlockDevice } from '../inspect/storage/block-device.ts'
import { type MachineRun, makeNamespaces, UNMOUNT } from './machine-namespaces.ts'
import { runProgram } from './run-program.ts'

type Namespaces = Awaited<ReturnType<typeof makeNamespaces>>

/**
 * A machine that a test may ruin: its disks, `/dev/sdx` and `/dev/sdy` unless they are named, are loop devices of sparse files; `/dev`, mounts and
 * abstract sockets are its own, so that nobody outside sees them and they outlive a run that is killed.
 */
export type StorageMachine = {
  readonly directory: string
  readonly disks: readonly string[]
  /** Runs a shell script; rejects unless it exits 0. */
  readonly shell: (script: string) => Promise<string>
  /** Starts `fai-classes` with the arguments; what it starts goes with it, whatever happens. */
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => MachineRun
  /** The same, but what it leaves behind stays. */
  readonly startAlone: StorageMachine['start']
  /** What runs in the machine. */
  readonly processes: () => Promise<readonly string[]>
  /** Keeps the disks as they are now. */
  readonly save: () => Promise<void>
  /** Puts the disks back to what was saved, with nothing mounted, as after a start of the machine. */
  readonly restore: () => Promise<void>
  /** The same without a change to the disks. */
  readonly restart: () => Promise<void>
}

/** How a machine may be another than usual. */
export type StorageMachineOptions = {
  /** Of the tmpfs in which the disks lie. */
  readonly roomMib?: number
  /** Names that hardly a real disk has. Swap is shown by name in every namespace: a test with swap has names of its own. */
  readonly names?: readonly string[]
}

/**
 * Runs `use` with a machine that has a disk of each size; nothing is left of it, whatever happened. Its disks lie in
 * `directory/disks`, a tmpfs: once that is full, they fail.
 */
export const withStorageMachine = async (
  sizesMib: readonly number[],
  use: (machine: StorageMachine) => Promise<void>,
  { roomMib = 1024, names = ['sdx', 'sdy'] }: StorageMachineOptions = {},
): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-machine-'))
  const undo: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })]
  try {
    const namespaces = await makeNamespaces(directory, roomMib)
    undo.push(namespaces.end)
    const sizes = names.slice(0, sizesMib.length).map((name, index) => ({ name, mib: sizesMib[index] ?? 0 }))
    const disks = await makeDisks(namespaces, directory, sizes)
    undo.push(disks.detach)
    await disks.attach()
    await use({ directory, ...namespaces, ...disks })
  } finally {
    await undoAll(undo)
  }
}

/** Whatever one of them does, the others come too: what holds the namespaces would keep the whole test from ending. */
const undoAll = async (undo: readonly (() => Promise<unknown>)[]): Promise<void> => {
  const failures: unknown[] = []
  for (const step of undo.toReversed()) await step().catch(error => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/** Disks that can be put back to what they were. */
const makeDisks = async (
  { pid, shell }: Namespaces,
  directory: string,
  sizes: readonly { readonly name: string; readonly mib: number }[],
) => {
  const folder = join(`/proc/${pid}/root`, directory, 'disks')
  const disks = sizes.map(size => ({ ...size, file: join(folder, size.name) }))
  for (const { mib, file } of disks) {
    await writeFile(file, '')
    await truncate(file, mib * 1024 ** 2)
  }
  const attached = new Map<string, string>()
  const attach = async (): Promise<void> => {
    for (const { name, file } of disks) {
      const loop = (await runProgram('losetup', ['--find', '--show', file])).trim()
      attached.set(name, loop)
      // Those of whoever had the loop device before outlive that.
      await forgetPartitions(loop)
    }
    await makeNodes(shell, attached)
  }
  const detach = async (): Promise<void> => {
    await shell(`${UNMOUNT}\nrm -f /dev/sd*`)
    for (const [name, loop] of attached) {
      await forgetPartitions(loop)
      await runProgram('losetup', ['--detach', loop])
      attached.delete(name)
    }
  }
  const reattach = async (change: () => Promise<void>): Promise<void> => {
    await detach()
    await change()
    await attach()
  }
  return {
    disks: disks.map(({ name }) => name),
    attach,
    detach,
    save: async () => {
      await shell('sync')
      for (const { file } of disks) await copySparse(file, `${file}.saved`)
    },
    restore: () =>
      reattach(async () => {
        for (const { file } of disks) await copySparse(`${file}.saved`, file)
      }),
    restart: () => reattach(async () => {}),
  }
}

const forgetPartitions = (loop: string) =>
  runProgram('partx', ['--delete', '--nr', '1:32', loop]).catch(() => undefined)

const copySparse = (from: string, to: string) =>
  runProgram('cp', ['--sparse=always', '--reflink=auto', from, to])

/** Device files as the kernel would make them at its start. */
const makeNodes = async (
  shell: StorageMachine['shell'],
  attached: ReadonlyMap<string, string>,
): Promise<void> => {
  const node = (name: string, devno: string) => `mknod /dev/${name} b ${devno.replace(':', ' ')}`
  const lines = [...attached].map(([name, loop]) => node(name, `7:${loop.slice('/dev/loop'.length)}`))
  await shell(lines.join('\n'))
  for (const [name, loop] of attached) {
    await shell(`partx --add /dev/${name} 2>/dev/null || true`)
    const { partitions } = await readBlockDevice(`7:${loop.slice('/dev/loop'.length)}`)
    const nodes = [...partitions].map(([number, { devno }]) => node(`${name}${number}`, devno))
    if (nodes.length > 0) await shell(nodes.join('\n'))
  }
}
