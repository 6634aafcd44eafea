import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

const DPKG = '/var/lib/dpkg'
/** What they need of each other comes along. */
const WANTED = [
  'apt',
  'base-files',
  'base-passwd',
  'bash',
  'coreutils',
  'dash',
  'diffutils',
  'dpkg',
  'findutils',
]
const MORE = ['grep', 'libc-bin', 'sed', 'tar']
/** Not needed to run anything. */
const LEFT_OUT = /^\/usr\/share\/(doc|locale|man|info|perl)\/./

/**
 * Fills a directory with a system that has apt, dpkg and a shell, from the files of the packages of this machine: in
 * seconds and without a network, where a bootstrap takes minutes. Its only archive is `/srv/archive`, which is to be filled.
 */
export const makeSmallSystem = async (directory: string): Promise<void> => {
  const status = await readFile(join(DPKG, 'status'), 'utf8')
  const stanzas = status.split('\n\n').filter(stanza => stanza.includes('\nStatus: install ok installed'))
  const taken = closureOf([...WANTED, ...MORE], stanzas)
  const names = taken.map(stanza => fieldOf(stanza, 'Package'))
  // Links such as /lib, which come first, lead there.
  for (const name of ['bin', 'lib', 'lib64', 'sbin']) {
    await mkdir(join(directory, 'usr', name), { recursive: true })
  }
  await copyFiles(await filesOf(names), directory)
  const masters = '/usr/share/base-passwd'
  for (const name of ['passwd', 'group']) {
    await writeFile(join(directory, 'etc', name), await readFile(`${masters}/${name}.master`))
  }
  for (const place of ['info', 'updates', 'alternatives', 'triggers', 'parts']) {
    await mkdir(join(directory, DPKG, place), { recursive: true })
  }
  await runProgram('mknod', ['--mode=666', join(directory, 'dev/null'), 'c', '1', '3'])
  await writeFile(join(directory, DPKG, 'status'), `${taken.map(stanza => stanza.trim()).join('\n\n')}\n`)
  await copyFiles(await recordsOf(names), directory)
  await mkdir(join(directory, 'srv/archive'), { recursive: true })
  await writeFile(join(directory, 'etc/apt/sources.list'), 'deb [trusted=yes] file:/srv/archive ./\n')
}

/** Packages with all that they depend on, of what is installed. */
const closureOf = (wanted: readonly string[], stanzas: readonly string[]): readonly string[] => {
  const byName = new Map<string, string>()
  for (const stanza of stanzas) {
    const provided = fieldOf(stanza, 'Provides').split(',')
    for (const name of [fieldOf(stanza, 'Package'), ...provided.map(nameIn)]) {
      if (!byName.has(name)) byName.set(name, stanza)
    }
  }
  const found = new Set<string>()
  const visit = (name: string): void => {
    const stanza = byName.get(name)
    if (stanza === undefined || found.has(stanza)) return
    found.add(stanza)
    for (const field of ['Pre-Depends', 'Depends']) {
      for (const clause of fieldOf(stanza, field).split(',')) {
        const names = clause.split('|').map(nameIn)
        visit(names.find(each => byName.has(each)) ?? '')
      }
    }
  }
  for (const name of wanted) visit(name)
  return [...found]
}

const fieldOf = (stanza: string, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1] ?? ''

/** `libc6:any (>= 2.36)` is `libc6`. */
const nameIn = (text: string): string => /[a-z0-9][a-z0-9+.-]*/.exec(text)?.[0] ?? ''

const filesOf = async (names: readonly string[]): Promise<readonly string[]> => {
  const listed = (await runProgram('dpkg-query', ['--listfiles', ...names])).split('\n')
  return listed.filter(path => path.startsWith('/') && path !== '/.' && !LEFT_OUT.test(path))
}

/** What dpkg keeps of these packages: lists of files, scripts, triggers; and by which rule it names them. */
const recordsOf = async (names: readonly string[]): Promise<readonly string[]> => {
  const wanted = new Set(names)
  const files = await readdir(join(DPKG, 'info'))
  return files
    .filter(file => file === 'format' || wanted.has(file.replace(/(:[a-z0-9]+)?\.[a-z0-9]+$/, '')))
    .map(file => join(DPKG, 'info', file))
}

/** Copies paths of this machine to the same places below a directory; one that is gone here is left out. */
const copyFiles = async (paths: readonly string[], directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true })
  const list = join(directory, '.files')
  await writeFile(list, paths.map(path => `${path.slice(1)}\n`).join(''))
  const create = `tar -C / --create --no-recursion --ignore-failed-read --files-from "$1" 2>/dev/null`
  await runProgram('sh', [
    '-c',
    `${create} | tar -C "$2" --extract --keep-directory-symlink`,
    'sh',
    list,
    directory,
  ])
  await runProgram('rm', [list])
}
