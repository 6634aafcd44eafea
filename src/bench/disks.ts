import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../testing/test-files.ts'
import { type Contender, formatSamples, must, sampleRuns } from './sample.ts'

const ROUNDS = 9
const PEER = 'setup-storage -X'
const DISK_BYTES = 8 * 1024 ** 3

const stanza = (head: string, ...lines: readonly string[]): string =>
  [`disk_config ${head} fstabkey:uuid`, ...lines, ''].map(line => `${line}\n`).join('')

const logical = (name: string): string => `logical /${name} 200 ext4 rw`

/** From new disks to file systems: on one disk, with many partitions, on two disks. */
const LAYOUTS: Readonly<Record<string, string>> = {
  'gpt, 4 partitions': stanza(
    'disk1 disklabel:gpt',
    'primary /boot 300 ext4 rw',
    'primary swap 500 swap sw',
    'primary / 1G- ext4 rw',
    'primary /home 20% ext4 rw',
  ),
  'msdos, 9 partitions': stanza(
    'disk1 disklabel:msdos bootable:1',
    'primary /boot 300 ext4 rw',
    'primary swap 500 swap sw',
    'primary / 1G- ext4 rw',
    ...['tmp', 'var', 'srv', 'opt', 'usr', 'home'].map(logical),
  ),
  'two disks of 4': [
    stanza(
      'disk1 disklabel:gpt',
      'primary /boot 300 ext4 rw',
      'primary swap 500 swap sw',
      'primary / 1G ext4 rw',
      'primary /var 1G- ext4 rw',
    ),
    stanza('disk2 disklabel:gpt', ...['/a', '/b', '/c', '/d'].map(name => `primary ${name} 1G ext4 rw`)),
  ].join(''),
}

/** Making the file systems of new disks, whole processes as root on loop devices, the page cache dropped before each. */
export const run = (): void => {
  const directory = mkdtempSync(join(tmpdir(), 'fai-classes-bench-'))
  const attached: string[] = []
  try {
    must(process.execPath, join(ROOT, 'src/testing/build.ts'))
    for (const name of ['a', 'b']) {
      const image = join(directory, name)
      writeFileSync(image, '')
      truncateSync(image, DISK_BYTES)
      attached.push(must('losetup', '--find', '--show', image).trim())
    }
    const ratios = Object.entries(LAYOUTS).map(([name, text]) => compare(name, text, attached, directory))
    process.stdout.write(
      `disks: ${ratios.map(ratio => ratio.toFixed(2)).join(', ')} of ${PEER} (wall, median of ${ROUNDS})\n`,
    )
  } finally {
    for (const device of attached) {
      spawnSync('partx', ['--delete', device])
      spawnSync('losetup', ['--detach', device])
    }
    rmSync(directory, { recursive: true, force: true })
  }
}

const compare = (name: string, text: string, devices: readonly string[], directory: string): number => {
  const file = join(directory, 'disk_config')
  const log = join(directory, 'log')
  writeFileSync(file, text)
  const prepare = (): void => {
    for (const device of devices) {
      spawnSync('partx', ['--delete', device])
      must('blkdiscard', '--force', device)
    }
    rmSync(log, { recursive: true, force: true })
    mkdirSync(log)
    must('sync')
    writeFileSync('/proc/sys/vm/drop_caches', '1\n')
  }
  const env = { disklist: devices.join(' ').replaceAll('/dev/', ''), LOGDIR: log }
  const contenders: readonly Contender[] = [
    { name: PEER, argv: ['setup-storage', '-X', '-f', file], env, prepare },
    {
      name: 'disks apply',
      argv: [join(ROOT, 'bin/fai-classes'), 'disks', 'apply', '--yes', '-f', file],
      env,
      prepare,
    },
  ]
  const samples = sampleRuns(contenders, ROUNDS)
  process.stdout.write(`${name}\n${formatSamples(samples, PEER)}\n\n`)
  return (samples[1]?.medianMs ?? NaN) / (samples[0]?.medianMs ?? NaN)
}
