import t from 'tap'
import { type BootloaderInput, planBootloader, renderEmbeddedConfig } from './bootloader.ts'

const ROOT = { mountPoint: '/', type: 'ext4', uuid: '11111111-1111-4111-8111-111111111111' }
const ESP = { mountPoint: '/boot/efi', type: 'vfat', uuid: 'AAAA-BBBB' }
const input: BootloaderInput = {
  architecture: 'amd64',
  filesystems: [ROOT, ESP],
  variables: {},
  origin: { kind: 'option', option: '--image' },
}

const configOf = (over: Partial<BootloaderInput>) => {
  const [step] = planBootloader({ ...input, ...over }).value ?? []
  return step?.action.kind === 'write-file' ? step.action.content : undefined
}

t.test('the loader finds the file system of "/" by its UUID and the kernel by its link', async t => {
  t.equal(
    configOf({}),
    renderEmbeddedConfig({
      rootUuid: ROOT.uuid,
      bootUuid: ROOT.uuid,
      prefix: '/boot',
      options: 'console=tty0 console=ttyS0,115200',
    }),
  )
  t.match(configOf({}), `linux /boot/vmlinuz root=UUID=${ROOT.uuid} ro 'console=tty0' 'console=ttyS0,115200'`)
})

t.test(
  'a file system for /boot of its own is searched instead, and "/" stays what the kernel mounts',
  async t => {
    const boot = { mountPoint: '/boot', type: 'ext4', uuid: '22222222-2222-4222-8222-222222222222' }
    const config = configOf({ filesystems: [ROOT, boot, ESP] })
    t.match(config, `--set=root ${boot.uuid}`)
    t.match(config, `linux /vmlinuz root=UUID=${ROOT.uuid}`)
  },
)

t.test('GRUB_CMDLINE_LINUX is what the kernel is told', async t => {
  t.match(
    configOf({ variables: { GRUB_CMDLINE_LINUX: 'quiet  net.ifnames=0' } }),
    "ro 'quiet' 'net.ifnames=0'\n",
  )
})

t.test('each architecture has its own platform and file', async t => {
  const loader = planBootloader({ ...input, architecture: 'arm64' }).value?.at(-1)
  t.match(loader, {
    task: 'finish',
    action: { inTarget: true, argv: ['grub-mkstandalone', '--format=arm64-efi', /BOOTAA64\.EFI$/] },
  })
})

const faults: Record<string, { over: Partial<BootloaderInput>; message: RegExp }> = {
  'no EFI system partition': {
    over: { filesystems: [ROOT] },
    message: /no vfat is mounted at "\/boot\/efi"/,
  },
  'a root file system without a UUID': {
    over: { filesystems: [{ mountPoint: '/', type: 'ext4' }, ESP] },
    message: /no UUID/,
  },
  'another architecture': { over: { architecture: 'riscv64' }, message: /riscv64/ },
  'a quote in the command line': {
    over: { variables: { GRUB_CMDLINE_LINUX: "it's" } },
    message: /GRUB_CMDLINE_LINUX/,
  },
}

for (const [name, { over, message }] of Object.entries(faults)) {
  t.test(`${name}: error`, async t => {
    const { value, diagnostics } = planBootloader({ ...input, ...over })
    t.equal(value, undefined)
    t.match(diagnostics, [{ severity: 'error', code: 'boot-loader-unsupported', message }])
  })
}
