import t from 'tap'
import {
  type FcopySettings,
  parseClassFile,
  parseFcopy,
  parseNameFile,
  toPlainName,
} from './fcopy-settings.ts'
import { type Environment, ToolError } from './tool.ts'

const target = { FAI_ROOT: '/target' }

const cases: Record<string, { args: string[]; env?: Environment; want: Partial<FcopySettings> }> = {
  'nothing said: the environment of FAI': {
    args: ['etc/motd'],
    env: { ...target, FAI: '/fai', classes: 'A B\nC', LOGDIR: '/log' },
    want: {
      source: '/fai/files',
      target: '/target',
      classes: ['A', 'B', 'C'],
      log: '/log/fcopy.log',
      names: ['etc/motd'],
    },
  },
  'options before variables': {
    args: ['-s', '/s', '-t/t', '-cA,B', '-L', 'log', 'x'],
    env: { ...target, FAI: '/fai', classes: 'C', LOGDIR: '/log' },
    want: { source: '/s', target: '/t', classes: ['A', 'B'], log: 'log' },
  },
  'no source root: the current directory': {
    args: ['x'],
    env: target,
    want: { source: '/cwd', log: undefined },
  },
  'target by its other name': { args: ['x'], env: { target: '/other' }, want: { target: '/other' } },
  'letters joined': {
    args: ['-iSBrv', 'x'],
    env: target,
    want: { ignoreMissing: true, substitute: true, backup: { kind: 'none' }, recursive: true, verbose: true },
  },
  'a backup directory': {
    args: ['-b', '/b'],
    env: target,
    want: { backup: { kind: 'below', directory: '/b' } },
  },
  'no backup goes before a backup directory': {
    args: ['-b', '/b'],
    env: { ...target, FCOPY_NOBACKUP: '1' },
    want: { backup: { kind: 'none' } },
  },
  'a variable that is 0 is not set': {
    args: [],
    env: { ...target, FCOPY_NOBACKUP: '0', FCOPY_DRYRUN: '0' },
    want: { backup: { kind: 'beside' }, dryRun: false },
  },
  'variables instead of options': {
    args: [],
    env: {
      ...target,
      FCOPY_DRYRUN: '1',
      FCOPY_SUBSTITUTE: '1',
      FCOPY_IGNOREDIRS: 'a b',
      FAI_BACKUPDIR: '/b',
    },
    want: {
      dryRun: true,
      substitute: true,
      ignoredFolders: ['a', 'b'],
      backup: { kind: 'below', directory: '/b' },
    },
  },
  'owner, group and mode': {
    args: ['-m', 'www,1000,4755'],
    env: target,
    want: { mode: { owner: 'www', group: '1000', mode: 0o4755 } },
  },
  '-M is root, root, 0644': {
    args: ['-M'],
    env: target,
    want: { mode: { owner: 'root', group: 'root', mode: 0o644 } },
  },
}

for (const [name, { args, env = {}, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.match(parseFcopy(args, env, '/cwd'), want)
  })
}

const faults: Record<string, { args: string[]; env?: Environment; exitCode: number }> = {
  'an unknown option': { args: ['-X'], env: target, exitCode: 1 },
  'a value that is missing': { args: ['-c'], env: target, exitCode: 1 },
  'the option -P of old': { args: ['-P', 'x'], env: target, exitCode: 255 },
  'two parts for -m': { args: ['-m', 'a,b'], env: target, exitCode: 255 },
  'four parts for -m': { args: ['-m', 'a,b,0644,c'], env: target, exitCode: 255 },
  'a mode that is not octal': { args: ['-m', 'a,b,0698'], env: target, exitCode: 255 },
  'no target': { args: ['x'], exitCode: 25 },
}

for (const [name, { args, env = {}, exitCode }] of Object.entries(faults)) {
  t.test(`${name}: exit code ${exitCode}`, async t => {
    try {
      parseFcopy(args, env, '/cwd')
      t.fail('it is no fault')
    } catch (error) {
      t.equal(error instanceof ToolError && error.exitCode, exitCode)
    }
  })
}

t.test('help is no settings', async t => {
  t.equal(parseFcopy(['-h'], {}, '/cwd'), undefined)
})

t.test('files of classes and of sources', async t => {
  t.strictSame(parseClassFile('# x\nA B\n\nC\n'), ['A', 'B', 'C'])
  t.strictSame(parseNameFile('# x\netc/a b\n/etc/c\n'), ['etc/a b', '/etc/c'])
})

t.test('a source is a path below the root, whatever stands before it', async t => {
  t.strictSame(['/etc/x', './etc/x', './/./etc/x', 'etc/x', '/'].map(toPlainName), [
    ...Array(4).fill('etc/x'),
    '',
  ])
})
