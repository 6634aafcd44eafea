import { at, both, call, code, type ToolDifference } from './tool-difference.ts'

const motd = { 'space/files/etc/motd/A': { text: 'of A\n' } }

/** The cases of `fcopy`, as the table of `src/tool/README.md` names them. */
export const FCOPY_DIFFERENCES: Readonly<Record<string, ToolDifference>> = {
  'fcopy: `file-modes` without a line for the class': {
    call: call('fcopy', ['etc/motd'], {
      ...motd,
      'space/files/etc/motd/file-modes': { text: 'root root 0644 B\n' },
    }),
    look: both(at('target/etc/motd')),
    fai: [1, ['target/etc/motd 0 1:0 old "of A\\n"']],
    ours: [1, ['target/etc/motd 600 0:0 old "of A\\n"']],
  },
  'fcopy: an owner that the target does not know': {
    call: call('fcopy', ['-m', 'nobody-knows,root,0640', 'etc/motd'], motd),
    look: code,
    fai: 0,
    ours: 1,
  },
  'fcopy: an unknown option': { call: call('fcopy', ['-X', 'etc/motd'], motd), look: code, fai: 0, ours: 1 },
  'fcopy: no target': {
    call: { tool: 'fcopy', args: ['-s', '@/space/files', 'etc/motd'], tree: motd },
    look: code,
    fai: 255,
    ours: 25,
  },
  'fcopy: dry run (`-n`)': {
    call: call('fcopy', ['-n', 'etc/motd'], motd),
    look: end => [end.stdout, at('log/fcopy.log')(end).length],
    fai: [['fcopy: copied @/space/files/etc/motd/A to @/target/etc/motd'], 1],
    ours: [['fcopy: would copy @/space/files/etc/motd/A to @/target/etc/motd'], 0],
  },
  'fcopy: `-r` on a template directory itself': {
    call: call('fcopy', ['-r', 'etc/motd'], motd),
    look: ({ stdout }) => stdout.length,
    fai: 0,
    ours: 1,
  },
  'fcopy: `-r`, a template beside a directory': {
    call: call('fcopy', ['-r', '/'], { ...motd, 'space/files/etc/A': { text: 'lost\n' } }),
    look: ({ stderr }) => stderr,
    fai: [],
    ours: ['fcopy: etc/A is not copied: there are directories beside it'],
  },
  'fcopy: the target is a directory': {
    call: call('fcopy', ['etc/motd'], { ...motd, 'target/etc/motd': { mode: 0o700 } }),
    look: both(at('target/etc/motd')),
    fai: [0, ['target/etc/motd/ 644 0:0', 'target/etc/motd/A 644 0:0 new "of A\\n"']],
    ours: [1, ['target/etc/motd/ 700 0:0']],
  },
  'fcopy: a link that leads out of the target': {
    call: call('fcopy', ['etc/motd', 'run/x'], {
      ...motd,
      'space/files/run/x/A': { text: 'x\n' },
      'target/etc/motd': { link: '@/outside' },
      'target/run': { link: '@/elsewhere' },
      elsewhere: {},
    }),
    look: at('outside', 'elsewhere/'),
    fai: ['elsewhere/ 755 0:0', 'elsewhere/x 644 0:0 old "x\\n"', 'outside 644 0:0 old "of A\\n"'],
    ours: ['elsewhere/ 755 0:0'],
  },
  'fcopy: `..` in a source': {
    call: call('fcopy', ['../../etc/motd'], { 'etc/motd/A': { text: 'up\n' }, 'space/files': {} }),
    look: at('target/etc/motd'),
    fai: [],
    ours: ['target/etc/motd 644 0:0 old "up\\n"'],
  },
  'fcopy: `-H`, a link that leads to nothing here': {
    call: call('fcopy', ['-H', 'etc/motd'], { 'space/files/etc/motd/A': { link: '../run/not-yet' } }),
    look: both(at('target/etc/motd')),
    fai: [1, []],
    ours: [0, ['target/etc/motd -> ../run/not-yet 0:0']],
  },
  'fcopy: `-H`, a link of another owner': {
    call: call('fcopy', ['-H', 'etc/motd'], { 'space/files/etc/motd/A': { link: '/etc/passwd', uid: 1000 } }),
    look: at('target/etc/motd'),
    fai: ['target/etc/motd -> /etc/passwd 0:0'],
    ours: ['target/etc/motd -> /etc/passwd 1000:0'],
  },
  'fcopy: `-H`, a template that is a file, onto a link': {
    call: call('fcopy', ['-B', '-H', 'etc/motd'], {
      'space/files/etc/motd/A': { text: 'secret\n', mode: 0o600 },
      'target/etc/motd': { link: 'other' },
    }),
    look: at('target/etc/other'),
    fai: ['target/etc/other 644 0:0 new "secret\\n"'],
    ours: ['target/etc/other 600 0:0 old "secret\\n"'],
  },
  'fcopy: `-H`, a link beside `preinst`': {
    call: call('fcopy', ['-H', 'etc/motd'], {
      'space/files/etc/motd/A': { link: '/etc/passwd' },
      'space/files/etc/motd/preinst': { text: '#!/bin/sh\nexit 1\n', mode: 0o755 },
    }),
    look: both(at('target/etc/motd')),
    fai: [1, []],
    ours: [0, ['target/etc/motd -> /etc/passwd 0:0']],
  },
  'fcopy: `-B` on a file with two names': {
    call: call('fcopy', ['-B', 'etc/motd'], {
      ...motd,
      'target/etc/motd': { text: 'old\n' },
      'target/etc/same': { sameAs: 'target/etc/motd' },
    }),
    look: at('target/etc/same'),
    fai: ['target/etc/same 644 0:0 old "of A\\n"'],
    ours: ['target/etc/same 644 0:0 old "old\\n"'],
  },
  'fcopy: `postinst` is killed by a signal': {
    call: call('fcopy', ['etc/motd'], {
      ...motd,
      'space/files/etc/motd/postinst': { text: '#!/bin/sh\nkill -9 $$\n', mode: 0o755 },
    }),
    look: code,
    fai: 0,
    ours: 1,
  },
}
