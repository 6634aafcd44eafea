import { chmod, chown, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleProgram } from './bundle-program.ts'
import { ROOT } from './golden.ts'
import { runGroup } from './run-group.ts'
import { runProgram } from './run-program.ts'
import { UML_FUNCTIONS } from './uml-functions.ts'
import { XSTATE_SHIM } from './uml-xstate.ts'

/** A machine in User Mode Linux with disks of its own, which keep what is written to them from one boot to the next. */
export type Uml = {
  /**
   * Boots, runs a bash script as root of that machine (`uml-functions.ts` has what it may call), and powers off. Rejects
   * with what the machine said where the script fails or the time is over.
   */
  readonly run: (script: string) => Promise<UmlRun>
}

/** What a script left in `/run/out`. */
export type UmlRun = { readonly read: (name: string) => Promise<string> }

/** Disks of the machine, `/dev/ubda` first, and how long each of its boots may take. */
export type UmlOptions = { readonly diskMib: readonly number[]; readonly timeoutSeconds: number }

const MIB = 1024 ** 2
/** Gets a tar archive of `/run/out`. */
const RESULT_MIB = 64
const LETTERS = 'abcdefghijklmnop'
/** Nobody: the host's own kernel refuses whatever the machine might try to write to the host. */
const NOBODY = 65534
const SHOWN_LINES = 60

/** Lends a machine to `use`; its files are gone afterwards, and so is every process of it. */
export const withUml = async <T>(options: UmlOptions, use: (uml: Uml) => Promise<T>): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-uml-'))
  try {
    await chown(directory, NOBODY, NOBODY)
    const shim = await buildShim(directory)
    await bundleProgram('src/main.ts', directory)
    const disks = await Promise.all(
      [...options.diskMib, RESULT_MIB].map((mib, index) => makeDisk(directory, index, mib)),
    )
    let boots = 0
    return await use({ run: script => boot({ directory, shim, disks, ...options }, ++boots, script) })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

type Machine = Pick<UmlOptions, 'timeoutSeconds'> & {
  readonly directory: string
  readonly shim: string
  readonly disks: readonly string[]
}

const buildShim = async (directory: string): Promise<string> => {
  const [source, shim] = [join(directory, 'xstate.c'), join(directory, 'xstate.so')]
  await writeFile(source, XSTATE_SHIM)
  await runProgram('cc', ['-O2', '-shared', '-fPIC', '-o', shim, source])
  return shim
}

const makeDisk = async (directory: string, index: number, mib: number): Promise<string> => {
  const path = join(directory, `disk-${LETTERS[index]}`)
  const file = await open(path, 'w')
  await file.truncate(mib * MIB)
  await file.close()
  await chown(path, NOBODY, NOBODY)
  return path
}

const boot = async (machine: Machine, count: number, script: string): Promise<UmlRun> => {
  const { directory, shim, disks, timeoutSeconds } = machine
  const result = join(directory, `result-${count}`)
  await mkdir(result)
  await writeFile(join(directory, 'script.sh'), `${UML_FUNCTIONS}${script}`)
  const init = join(directory, 'init.sh')
  await writeFile(init, initScript(directory, `/dev/ubd${LETTERS[disks.length - 1]}`))
  await chmod(init, 0o755)
  let heard = ''
  const { fault } = await runGroup({
    // timeout(1) ends the machine even where the test itself is killed.
    file: 'timeout',
    args: [
      ...['--signal=KILL', String(timeoutSeconds)],
      ...['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
      ...['linux.uml', ...kernelArguments(disks, init)],
    ],
    env: { PATH: process.env['PATH'], HOME: directory, TMPDIR: '/dev/shm', LD_PRELOAD: shim },
    timeoutMs: (timeoutSeconds + 10) * 1000,
    signal: new AbortController().signal,
    onStdout: chunk => {
      heard += chunk
    },
    onStderr: chunk => {
      heard += chunk
    },
  })
  const tail = heard.split('\n').slice(-SHOWN_LINES).join('\n')
  if (!heard.includes(DONE)) throw new Error(`the machine failed (${fault ?? 'script'}):\n${tail}`)
  await runProgram('tar', ['--no-same-owner', '-xf', disks.at(-1) ?? '', '-C', result])
  return { read: name => readFile(join(result, name), 'utf8') }
}

const kernelArguments = (disks: readonly string[], init: string): readonly string[] => [
  ...['mem=1G', 'quiet', 'rootfstype=hostfs', 'rootflags=/', 'ro', 'root=/dev/root'],
  ...disks.map((path, index) => `ubd${index}=${path}`),
  ...['con=null', 'con0=null,fd:1', 'ssl=null', `init=${init}`],
]

const DONE = 'the script came to its end'
const MODULES = ['dm-crypt', 'dm-flakey', 'raid0', 'raid1', 'raid10', 'raid456']

/**
 * Process 1. The host's root is read-only below everything; what programs must write lies on file systems in memory. A
 * failing script is told by the missing last line.
 */
const initScript = (directory: string, result: string): string => `#!/bin/bash
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
mount -t proc proc /proc
mount -t sysfs sys /sys
ln -s /proc/self/fd /dev/fd
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/lock /run/out /run/checkout /run/machine
mount --bind ${ROOT} /run/checkout
mount --bind ${directory} /run/machine
mkdir /run/lvm-etc && cp /etc/lvm/lvm.conf /run/lvm-etc/ && mount --bind /run/lvm-etc /etc/lvm
mount -t tmpfs tmp /tmp
mount -t tmpfs target /mnt
mkdir -p /run/kernel/lib && ln -s /usr/lib/uml/modules /run/kernel/lib/modules
printf '#!/bin/sh\\nexec /usr/sbin/modprobe --dirname /run/kernel "$@"\\n' >/run/modprobe
chmod +x /run/modprobe && echo /run/modprobe >/proc/sys/kernel/modprobe
for name in ${MODULES.join(' ')}; do /run/modprobe "$name"; done
cd /run/checkout
bash -eu /run/machine/script.sh
[ $? = 0 ] && echo '${DONE}'
tar -cf ${result} -C /run/out .
sync -f ${result} 2>/dev/null; sync
echo o >/proc/sysrq-trigger
sleep 60
`
