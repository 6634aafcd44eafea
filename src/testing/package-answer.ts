import { renamedPackage } from './package-case.ts'

/** What one call of a package tool does, as far as FAI's and ours must agree (contract, section 7). */
export type PackageCall = {
  readonly tool: string
  readonly action: string
  readonly root: string
  readonly release: string
  readonly recommends: string
  readonly names: readonly string[]
}

/** Words that are an action; every other word that is no option is a package. */
const ACTIONS = new Set([
  'install',
  'remove',
  'groupinstall',
  'group',
  'isc',
  'add',
  'del',
  'download',
  'purge',
])
/** Options that are one. */
const ACTION_OPTIONS = new Set(['-e', '-i', '-S', '-Rns', '--unpack', '--recursive', '-d'])
/** Tools whose `-t` is an archive; of zypper it is a kind of thing to install. */
const RELEASES = new Set(['apt-get', 'apt', 'aptitude', 'cupt', 'smart'])

/**
 * The calls in a list of commands, as FAI prints them, cleaning and final checks left out; calls that follow each other
 * and differ in packages only are one. Variables are those of the environment. Pure.
 */
export const packageCalls = (
  commands: readonly string[],
  env: Readonly<Record<string, string>>,
): readonly PackageCall[] => {
  const calls: PackageCall[] = []
  const add = (call: PackageCall): void => {
    const last = calls.at(-1)
    const isSame = last !== undefined && keyOf(last) === keyOf(call)
    if (isSame) calls.push({ ...call, names: [...(calls.pop()?.names ?? []), ...call.names] })
    else calls.push(call)
  }
  for (const command of commands) {
    const text = command.replace(/\$\{?(\w+)\}?/g, (whole, name) => env[name] ?? whole)
    for (const part of text.split(/;|&&/)) callOf(part.replace(/\s+/g, ' ').trim()).forEach(add)
  }
  return calls
}

const keyOf = (call: PackageCall): string => JSON.stringify({ ...call, names: [] })

/** The call in the renamed case; a file that is fetched beforehand keeps its name. Pure. */
export const renamePackageCall = (call: PackageCall): PackageCall =>
  call.tool === 'curl' || call.tool === 'cp' ? call : { ...call, names: call.names.map(renamedPackage) }

/** An argv of ours in the form in which FAI prints commands. Pure. */
export const printedCommand = (argv: readonly string[]): string => {
  const [, root] = argv[0] === 'chroot' ? argv : []
  const words = root === undefined ? argv : argv.slice(2)
  const text = words[0] === 'sh' ? (words[2] ?? '') : words.join(' ')
  return (root === undefined ? '' : `chroot ${root} `) + text.replaceAll('\n', ' ')
}

const callOf = (command: string): readonly PackageCall[] => {
  const [, root = '', text = ''] = /^(?:chroot (\S+) )?(.*)$/.exec(command) ?? []
  if (/^(cd|rm) |^$| clean$|^dpkg (-C|--configure)/.test(text)) return []
  const [, held, chroot, place = ''] =
    /^echo "(.*)" \| (chroot (\S+) )?dpkg --set-selections$/.exec(text) ?? []
  if (held !== undefined) {
    const names = held.split(/ hold */).filter(name => name !== '')
    return [
      {
        tool: 'dpkg',
        action: 'hold',
        root: chroot === undefined ? root : place,
        release: '',
        recommends: '',
        names,
      },
    ]
  }
  return [readCall(root, text.split(' '))]
}

const readCall = (root: string, [tool = '', ...words]: readonly string[]): PackageCall => {
  const actions: string[] = []
  const names: string[] = []
  let [release, recommends] = ['', '']
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '-o') index++
    else if (word === '-t' && RELEASES.has(tool)) release = words[++index] ?? ''
    else if (word === '-t') actions.push(words[++index] ?? '')
    else if (/^(--no-install-recommends|-R|-r)$/.test(word)) recommends = word
    else if (ACTION_OPTIONS.has(word) || (names.length === 0 && ACTIONS.has(word))) actions.push(word)
    else if (!word.startsWith('-')) names.push(word.replace(/\/{2,}/g, '/'))
  }
  return { tool, action: actions.join(' '), root, release, recommends, names }
}
