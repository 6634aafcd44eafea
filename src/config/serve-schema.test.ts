import t from 'tap'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { parseConfig } from './parse-config.ts'

const parse = (boot: string) =>
  parseConfig(`sources: [{ kind: deps, path: class }]\nserve:\n  boot: { ${boot} }\n`, 'site.yaml')

const wrong: Record<string, { boot: string; want: string }> = {
  'a kernel outside of the root': {
    boot: 'kernel: ../vmlinuz',
    want: 'serve.boot.kernel is no file below the root such as vmlinuz or debian/vmlinuz',
  },
  'an initrd of a class with a blank in its name': {
    boot: 'byClass: { WEB: { initrd: "a b" } }',
    want: 'serve.boot.byClass.WEB.initrd is no file below the root such as vmlinuz or debian/vmlinuz',
  },
  'a command line with what iPXE expands': {
    boot: 'cmdline: "console=ttyS0 $' + '{net0/ip}"',
    want: 'serve.boot.cmdline has a word that cannot stand in a boot script',
  },
  'a command line with the end of a command': {
    boot: 'byClass: { WEB: { cmdline: "quiet || shell" } }',
    want: 'serve.boot.byClass.WEB.cmdline has a word that cannot stand in a boot script',
  },
  'a flag that is two': {
    boot: 'flags: ["verbose,reboot"]',
    want: 'serve.boot.flags.0 is no name of a flag',
  },
  'a config space with a blank': {
    boot: 'configSpace: "cvs+ssh://cvs@192.0.2.1/srv/cvs module"',
    want: 'serve.boot.configSpace cannot stand in a boot script',
  },
}

for (const [name, { boot, want }] of Object.entries(wrong)) {
  t.test(name, async t => {
    const { value, diagnostics } = parse(boot)
    t.equal(value, undefined)
    t.match(diagnostics.map(formatDiagnostic).join('\n'), want)
  })
}

t.test('what a machine boots where nothing is said', async t => {
  t.match(parse('').value?.serve?.boot, {
    kernel: 'vmlinuz',
    initrd: 'initrd.img',
    cmdline: '',
    flags: ['verbose', 'reboot'],
    byClass: {},
    afterFailure: 'local',
  })
})

t.test('a command line may be quoted words, several lines, and none', async t => {
  t.strictSame(parse('cmdline: "dyndbg=\\"file x +p\\" a\\n b"').diagnostics, [])
  t.strictSame(parse('byClass: { WEB: { cmdline: "" } }').diagnostics, [])
})
