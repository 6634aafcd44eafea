import { FCOPY_DIFFERENCES } from './fcopy-differences.ts'
import { at, both, call, code, ROOT, type ToolDifference } from './tool-difference.ts'

/** Every case by tool and name, as the table of `src/tool/README.md` names it. */
export const TOOL_DIFFERENCES: Readonly<Record<string, ToolDifference>> = {
  ...FCOPY_DIFFERENCES,
  'ftar: tar fails': {
    call: call('ftar', ['etc'], { 'space/files/etc/A.tar': { text: 'no archive' }, 'target/etc': {} }),
    look: code,
    fai: 0,
    ours: 1,
  },
  'ainsl: no line feed at the end of the file': {
    call: call('ainsl', ['/etc/f', 'new'], { 'target/etc/f': { text: 'old' } }),
    look: at('target/etc/f'),
    fai: ['target/etc/f 644 0:0 new "oldnew\\n"'],
    ours: ['target/etc/f 644 0:0 new "old\\nnew\\n"'],
  },
  'ainsl: `-Q` and a line with parentheses or `+`': {
    call: call('ainsl', ['-Q', '/etc/f', 'f(a)'], { 'target/etc/f': { text: 'x\n' } }, 2),
    look: at('target/etc/f'),
    fai: ['target/etc/f 644 0:0 new "x\\nf(a)\\nf(a)\\n"'],
    ours: ['target/etc/f 644 0:0 new "x\\nf(a)\\n"'],
  },
  'ainsl: `-s` together with `-Q`': {
    call: call('ainsl', ['-sQ', '/etc/f', 'a b'], { 'target/etc/f': { text: 'a  b\n' } }),
    look: at('target/etc/f'),
    fai: ['target/etc/f 644 0:0 new "a  b\\na b\\n"'],
    ours: ['target/etc/f 644 0:0 old "a  b\\n"'],
  },
  'ainsl: `-a -n`, the file is missing': {
    call: call('ainsl', ['-an', '/etc/f', 'x'], {}),
    look: code,
    fai: 2,
    ours: 0,
  },
  'ainsl: a pattern that JavaScript cannot say': {
    call: call('ainsl', ['/etc/f', 'x', 'a++b'], { 'target/etc/f': { text: 'aab\n' } }),
    look: code,
    fai: 0,
    ours: 25,
  },
  'fai-link: a link to a directory is to lead elsewhere': {
    call: call('fai-link', ['/link', '/other'], { 'target/link': { link: '@/directory' }, directory: {} }),
    look: at('target/link ', 'directory/'),
    fai: ['directory/ 755 0:0', 'directory/other -> /other 0:0', 'target/link -> @/directory 0:0'],
    ours: ['directory/ 755 0:0', 'target/link -> /other 0:0'],
  },
  'fai-link: a directory is in the way': {
    call: call('fai-link', ['/link', 'other'], { 'target/link': {} }),
    look: both(at('target/link')),
    fai: [0, ['target/link/ 755 0:0', 'target/link/other -> other 0:0']],
    ours: [1, ['target/link/ 755 0:0']],
  },
  'fai-link: a name without a slash before it': {
    call: call('fai-link', ['link', 'other'], {}),
    look: at('target'),
    fai: ['target/ 755 0:0', 'targetlink -> other 0:0'],
    ours: ['target/ 755 0:0', 'target/link -> other 0:0'],
  },
  'fai-link: a name with a blank': {
    call: call('fai-link', ['/a b', 'other'], {}),
    look: both(at('target/a')),
    fai: [0, ['target/a -> b 0:0']],
    ours: [0, ['target/a b -> other 0:0']],
  },
  'fai-sed: `%` or `\\` in the command': {
    call: call('fai-sed', ['s/a/%d/', '/f'], { 'target/f': { text: 'a\n' } }),
    look: ({ stdout }) => stdout,
    fai: ['sed -e s/a/0/ @/target/f:  File changed.'],
    ours: ['sed -e s/a/%d/ @/target/f:  File changed.'],
  },
  'fai-sed: a name with a blank': {
    call: call('fai-sed', ['s/a/b/', '/a b'], { 'target/a b': { text: 'a\n' } }),
    look: at('target/a b'),
    fai: ['target/a b 644 0:0 old "a\\n"'],
    ours: ['target/a b 644 0:0 new "b\\n"'],
  },
  'fai-statoverride: another file whose name begins alike': {
    call: {
      tool: 'fai-statoverride',
      args: ['root', 'root', '0755', '/bin/a'],
      env: { ROOTCMD: '@/root' },
      tree: {
        root: {
          text: '#!/bin/sh\necho "$*" >>@/calls\n[ "$2" != --list ] || echo "root root 0755 /bin/ab"\n',
          mode: 0o755,
        },
      },
    },
    look: ({ stdout }) => stdout.length,
    fai: 0,
    ours: 1,
  },
  'fai-divert: `-r`, `-R`: all went well': {
    call: {
      tool: 'fai-divert',
      args: ['-r', '/bin/a'],
      env: { ROOTCMD: 'true', FAI_ROOT: '@/target' },
      tree: {},
    },
    look: code,
    fai: 1,
    ours: 0,
  },
  'fai-divert: the first line of the stub': {
    call: {
      tool: 'fai-divert',
      args: ['-a', '/a'],
      env: { ROOTCMD: 'true', FAI_ROOT: '@/target' },
      tree: {},
    },
    look: ({ tree }) => tree.some(line => line.includes('"#!')),
    fai: false,
    ours: true,
  },
  'fai-debconf: a package that is there once for each architecture': {
    call: {
      tool: 'fai-debconf',
      args: ['@/debconf'],
      env: { ...ROOT, ROOTCMD: '@/root' },
      tree: {
        'debconf/A': { text: 'libx x/y string z\n' },
        log: {},
        root: {
          text: '#!/bin/sh\n[ "$1" != mktemp ] || echo /copy\n[ "$1" != /usr/sbin/dpkg-reconfigure ] || echo "again $2"\n',
          mode: 0o755,
        },
        'target/var/lib/dpkg/info/libx:amd64.list': { text: '' },
      },
    },
    look: ({ stdout }) => stdout,
    fai: [],
    ours: ['again libx'],
  },
  'fai-do-scripts: a script ends with 156 or more': {
    call: call('fai-do-scripts', ['@/scripts'], {
      'scripts/A/10-x': { text: '#!/bin/sh\nexit 250\n', mode: 0o755 },
    }),
    look: code,
    fai: 94,
    ours: 255,
  },
  'fai-do-scripts: the directory is missing': {
    call: call('fai-do-scripts', ['@/none'], { A: { text: '#!/bin/sh\n: >@/ran\n', mode: 0o755 } }),
    look: at('ran'),
    fai: ['ran 644 0:0 new ""'],
    ours: [],
  },
  'fai-do-scripts: a script that is not executable': {
    call: call('fai-do-scripts', ['@/scripts'], { 'scripts/A/10-x': { text: '#!/bin/sh\n' } }),
    look: ({ stderr }) => stderr.length,
    fai: 0,
    ours: 1,
  },
  'fai-do-scripts: a name with a blank': {
    call: call('fai-do-scripts', ['@/scripts'], { 'scripts/A/10 x': { text: '#!/bin/sh\n', mode: 0o755 } }),
    look: ({ stdout }) => stdout.length,
    fai: 0,
    ours: 1,
  },
  'fai-do-scripts: header of what is no shell script': {
    call: call('fai-do-scripts', ['@/scripts'], {
      'scripts/A/10-x': { text: '#!/usr/bin/perl\n', mode: 0o755 },
    }),
    look: ({ tree }) =>
      /=====.*?=====/.exec(tree.find(line => line.startsWith('log/scripts.log')) ?? '')?.[0],
    fai: '=====   Perl script text executable A/10-x   =====',
    ours: '=====   perl: A/10-x   =====',
  },
  'ifclass: a class with a dot in its name': {
    call: { tool: 'ifclass', args: ['A.B'], env: { classes: 'AXB' }, tree: {} },
    look: code,
    fai: 0,
    ours: 1,
  },
  'ifclass: several classes without `-o` or `-a`': {
    call: { tool: 'ifclass', args: ['X', 'Y'], env: { classes: 'A' }, tree: {} },
    look: code,
    fai: 0,
    ours: 255,
  },
}
