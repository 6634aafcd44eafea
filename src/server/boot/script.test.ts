import t from 'tap'
import type { ClassName } from '../../model/class-name.ts'
import { BOOT, WEB01, WEB01_MAC } from '../../testing/boot-site.ts'
import { matchGolden } from '../../testing/golden.ts'
import { type BootConfig, imageFor } from './boot-config.ts'
import { renderGrubScript } from './grub-script.ts'
import { renderIpxeScript } from './ipxe-script.ts'
import { type BootScript, BootScriptError, discoverScript, hostScript, type ScriptRequest } from './script.ts'
import { BOOT_STATES } from './state.ts'
import { NO_SECRET } from './token.ts'

const URL = 'http://192.0.2.1:8080'

const request = (config: Partial<BootConfig> = {}): ScriptRequest => ({
  mac: WEB01_MAC,
  serverUrl: URL,
  config: { ...BOOT, ...config },
})

const words = (script: BootScript): readonly string[] => (script.kind === 'image' ? script.words : [])

const goldens: Record<string, BootScript> = {
  local: hostScript(WEB01, 'local', undefined, request()),
  install: hostScript(WEB01, 'armed', NO_SECRET, request()),
  rescue: hostScript(WEB01, 'rescue', undefined, request()),
  discover: discoverScript({ ...request(), mac: '52:54:00:00:00:99' }),
  'by-class': hostScript(
    WEB01,
    'armed',
    NO_SECRET,
    request({
      byClass: {
        DEBIAN: { kernel: 'debian/vmlinuz', initrd: 'debian/initrd.img' },
        WEB: { kernel: 'web/vmlinuz', cmdline: 'console=ttyS1 dyndbg="file drivers/usb/* +p"' },
      },
    }),
  ),
}

for (const [name, script] of Object.entries(goldens)) {
  t.test(`${name}: the scripts of iPXE and GRUB`, async t => {
    await matchGolden(t, `fixtures/boot/${name}.ipxe`, renderIpxeScript(script, URL))
    await matchGolden(t, `fixtures/boot/${name}.grub`, renderGrubScript(script))
  })
}

const booted: Record<(typeof BOOT_STATES)[number], { local: string; rescue: string }> = {
  local: { local: 'local', rescue: 'local' },
  armed: { local: 'install', rescue: 'install' },
  installing: { local: 'local', rescue: 'sysinfo' },
  failed: { local: 'local', rescue: 'sysinfo' },
  rescue: { local: 'sysinfo', rescue: 'sysinfo' },
}

for (const state of BOOT_STATES) {
  for (const afterFailure of ['local', 'rescue'] as const) {
    t.test(`${state}, after a failure ${afterFailure}: ${booted[state][afterFailure]}`, async t => {
      const script = hostScript(WEB01, state, NO_SECRET, request({ afterFailure }))
      const action = words(script).find(word => word.startsWith('FAI_ACTION='))
      t.equal(action?.slice('FAI_ACTION='.length) ?? script.kind, booted[state][afterFailure])
      const hasToken = words(script).some(word => word.startsWith('FAI_CLASSES_TOKEN='))
      t.equal(hasToken, state === 'armed', 'a token for an installation, and for nothing else')
    })
  }
}

t.test('an armed host without a token is not installed', async t => {
  t.equal(hostScript(WEB01, 'armed', undefined, request()).kind, 'local')
})

t.test('rescue has the flags of a shell, and none that ends it', async t => {
  const script = hostScript(
    WEB01,
    'rescue',
    undefined,
    request({ flags: ['verbose', 'reboot', 'halt', 'sshd'] }),
  )
  t.ok(words(script).includes('FAI_FLAGS=verbose,sshd,createvt'))
})

t.test('without flags and config space there are no empty words', async t => {
  const { configSpace: _, ...config } = BOOT
  const script = hostScript(WEB01, 'armed', NO_SECRET, {
    ...request(),
    config: { ...config, flags: [], cmdline: ' ' },
  })
  t.strictSame(words(script), [
    'FAI_ACTION=install',
    'BOOTIF=01-52-54-00-00-00-01',
    'hostname=web01',
    `FAI_CLASSES_SERVER=${URL}`,
    `FAI_CLASSES_TOKEN=${NO_SECRET}`,
  ])
})

t.test('for each key the highest class that has it decides', async t => {
  const byClass = {
    DEBIAN: { kernel: 'debian', initrd: 'debian', cmdline: 'debian' },
    WEB: { kernel: 'web', initrd: undefined as never },
    LAST: { cmdline: '' },
    MAIL: { kernel: 'mail' },
  }
  const image = imageFor({ ...BOOT, byClass }, WEB01.classes)
  t.strictSame(image, { kernel: 'web', initrd: 'debian', cmdline: '' })
  t.strictSame(
    imageFor({ ...BOOT, byClass: {} }, ['constructor', '__proto__'] as ClassName[]),
    { kernel: 'vmlinuz', initrd: 'initrd.img', cmdline: 'console=ttyS0' },
    'names of what objects inherit are no entries',
  )
})

const hostile: Record<string, string> = {
  'a line end': 'web01\nkernel http://192.0.2.66/x',
  'a carriage return': 'web01\rboot',
  'a blank': 'web01 init=/bin/sh',
  'a tab': 'web01\tinit=/bin/sh',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE would expand it.
  'a setting of iPXE': 'web01${net0/gateway}',
  'an end of a line that goes on': 'web01\\',
  NUL: 'web01\0',
  'no ASCII': 'wéb01',
  nothing: '',
}

for (const [name, text] of Object.entries(hostile)) {
  t.test(`a host named with ${name} gets no script`, async t => {
    for (const state of BOOT_STATES) {
      for (const host of [
        { ...WEB01, short: text },
        { ...WEB01, fqdn: text },
      ])
        t.throws(() => hostScript(host, state, NO_SECRET, request()), BootScriptError)
    }
  })
}

t.test('a command line of the configuration is words, or no script', async t => {
  const script = (config: Partial<BootConfig>) => () => hostScript(WEB01, 'armed', NO_SECRET, request(config))
  // biome-ignore lint/suspicious/noTemplateCurlyInString: iPXE would expand it.
  for (const cmdline of ['a || shell', 'a && shell', 'a ; shell', 'a # b', 'a ${b}'])
    t.throws(script({ cmdline }), BootScriptError, cmdline)
  t.strictSame(words(script({ cmdline: 'quiet\n splash' })()).slice(0, 2), ['quiet', 'splash'])
  t.throws(script({ configSpace: 'cvs+ssh://cvs@192.0.2.1/srv module' }), /cannot stand/)
  for (const kernel of ['../vmlinuz', '/vmlinuz', 'a b', 'a//b', '', 'a/./b', 'vm\nlinuz'])
    t.throws(script({ kernel }), /no file below the root/, kernel)
  t.throws(script({ cmdline: 'x'.repeat(1900) }), /has 2\d\d\d octets of at most 2047/)
  t.doesNotThrow(script({ cmdline: 'x'.repeat(1700) }))
})
