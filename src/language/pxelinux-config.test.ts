import t from 'tap'
import { type PxelinuxFile, parsePxelinuxConfig, parsePxelinuxName } from './pxelinux-config.ts'

const kernel = (settings: Record<string, string>) => ({
  kind: 'kernel',
  settings: new Map(Object.entries(settings)),
})

const cases: Record<string, { text: string; want: object }> = {
  'the label that default names': {
    text: 'default fai-generated\n\nlabel other\nkernel x\nlabel fai-generated\nkernel vmlinuz-6\nappend initrd=i ip=dhcp  root=/srv/fai/nfsroot:vers=3 rootovl FAI_FLAGS=verbose,sshd,createvt FAI_ACTION=install\n',
    want: kernel({
      initrd: 'i',
      ip: 'dhcp',
      root: '/srv/fai/nfsroot:vers=3',
      FAI_FLAGS: 'verbose,sshd,createvt',
      FAI_ACTION: 'install',
    }),
  },
  'the first label where default is absent': {
    text: 'LABEL a\n  LINUX vmlinuz\n  APPEND FAI_ACTION=sysinfo\nLABEL b\n  LOCALBOOT 0\n',
    want: kernel({ FAI_ACTION: 'sysinfo' }),
  },
  'the disk': { text: 'default fai-generated\nlabel fai-generated\nlocalboot -1\n', want: { kind: 'disk' } },
  'no label at all': {
    text: 'kernel vmlinuz\nappend FAI_ACTION=install',
    want: kernel({ FAI_ACTION: 'install' }),
  },
  'a kernel without a command line': { text: 'label a\nkernel vmlinuz', want: kernel({}) },
  'a comment is no keyword': { text: '#label a\n# kernel vmlinuz', want: { kind: 'unknown' } },
  'a default that is not there': { text: 'default x\nlabel a\nkernel v', want: { kind: 'unknown' } },
  nothing: { text: '', want: { kind: 'unknown' } },
}

for (const [name, { text, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.strictSame(parsePxelinuxConfig(text), want)
  })
}

const names: Record<string, PxelinuxFile> = {
  C0000208: { kind: 'machine', host: '192.0.2.8', rank: 2 },
  '01-52-54-00-12-34-AB': { kind: 'machine', host: '52-54-00-12-34-ab', rank: 1 },
  '11111111-2222-4333-8444-55555555555A': {
    kind: 'machine',
    host: '11111111-2222-4333-8444-55555555555a',
    rank: 0,
  },
  C00002: { kind: 'subnet' },
  default: { kind: 'default' },
  'C0000208.disable': { kind: 'inactive' },
  'web.tmpl': { kind: 'inactive' },
  c0000208: { kind: 'other' },
  C00002080: { kind: 'other' },
  '06-52-54-00-12-34-ab': { kind: 'other' },
  'README.txt': { kind: 'other' },
}

for (const [name, want] of Object.entries(names)) {
  t.test(`a file named ${name}`, async t => {
    t.strictSame(parsePxelinuxName(name), want)
  })
}
