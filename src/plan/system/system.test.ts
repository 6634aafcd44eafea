import t from 'tap'
import type { ConfigSpace } from '../../model/config-space.ts'
import type { DiskSteps } from '../disk/image-steps.ts'
import { TASKS } from '../task.ts'
import { machineBootstrap } from './bootstrap.ts'
import { planSystem, type SystemInput } from './system.ts'
import { systemStep } from './system-step.ts'

const configSpace: ConfigSpace = {
  directory: '/srv/fai/config',
  diskConfig: undefined,
  packageConfigs: [
    {
      class: 'DEBIAN',
      path: '/srv/fai/config/package_config/DEBIAN',
      text: 'PACKAGES install-norec\nlinux-image-amd64 grub-efi-amd64-bin\n',
    },
  ],
  keyrings: [{ class: 'WEB', path: '/srv/fai/config/package_config/WEB.gpg' }],
  localPackages: [],
  debconf: [{ class: 'WEB', path: '/srv/fai/config/debconf/WEB' }],
  templates: [
    {
      class: 'WEB',
      path: '/srv/fai/config/files/etc/apt/preferences/WEB',
      targetPath: '/etc/apt/preferences',
      executable: false,
    },
  ],
  scripts: [{ class: 'WEB', name: 'WEB/10-nginx', path: '/srv/fai/config/scripts/WEB/10-nginx' }],
}
const origin = { kind: 'option', option: '--image' } as const
const input: SystemInput = {
  classes: ['DEFAULT', 'DEBIAN', 'WEB', 'LAST'],
  variables: {},
  configSpace,
  scriptSeconds: 60,
  base: {
    kind: 'bootstrap',
    bootstrap: machineBootstrap({ suite: 'bookworm', sources: [], aptOptions: [] }),
    because: { origin },
  },
  architecture: 'amd64',
}

const format = (device: string, type: string) => ({
  ...systemStep('partition', `format.${device}`, '', {
    kind: 'format',
    device,
    commands: [],
    want: { type, uuid: `uuid-of-${device}` },
  }),
})
const disks: DiskSteps = {
  prepare: [
    format('p1', 'vfat'),
    format('p2', 'ext4'),
    systemStep('mountdisks', 'mount./', '', {
      kind: 'mount',
      device: 'p2',
      at: '/',
      filesystem: 'ext4',
      options: [],
    }),
  ],
  afterBase: [
    systemStep('extrbase', 'fstab', '', {
      kind: 'write-file',
      path: { target: '/etc/fstab' },
      content: '',
      mode: 0o644,
    }),
  ],
  finish: [
    systemStep('finish', 'fill', '', { kind: 'fill-vfat', device: 'p1', from: '/boot/efi' }),
    systemStep('savelog', 'unmount', '', { kind: 'unmount-all' }),
  ],
}

const idsOf = (over: Partial<SystemInput>) =>
  planSystem({ ...input, ...over }).value?.map(({ id }) => id) ?? []

t.test('steps stand in the order of the tasks of FAI, those of the disks around the others', async t => {
  const { value = [], diagnostics } = planSystem({ ...input, disks: { steps: disks, origin } })
  t.strictSame(diagnostics, [])
  const places = value.map(({ task }) => TASKS.indexOf(task))
  t.strictSame(
    places,
    places.toSorted((a, b) => a - b),
  )
  const ids = value.map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length, 'ids are unique')
  for (const [before, after] of [
    ['mount./', 'base.bootstrap'],
    ['base.bootstrap', 'fstab'],
    ['repository.key.WEB.gpg', 'update.lists'],
    ['fstab', 'ramdisk./var/lib/dpkg'],
    ['ramdisk./var/lib/dpkg', 'debconf'],
    ['update.policy.stand-in', 'packages'],
    ['script.WEB/10-nginx', 'ramdisk./var/lib/dpkg.back'],
    ['initramfs.stand-in', 'packages'],
    ['packages', 'initramfs.back'],
    ['initramfs.back', 'script.WEB/10-nginx'],
    ['debconf', 'repository.key.WEB.gpg'],
    ['file./etc/apt/preferences', 'update.lists'],
    ['script.WEB/10-nginx', 'initramfs.make'],
    ['boot.loader', 'fill'],
    ['update.policy.back', 'fill'],
  ] as const) {
    t.ok(ids.includes(before) && ids.indexOf(before) < ids.indexOf(after), `${before} before ${after}`)
  }
})

t.test('a directory gets no boot loader, and is unmounted at the end', async t => {
  const ids = idsOf({ saveLogsTo: '/var/log/fai/web01/dirinstall' })
  t.notOk(ids.some(id => id.startsWith('boot.')))
  t.strictSame(ids.slice(-2), ['save-logs', 'unmount'])
})

t.test('an error in any part gives no step at all, and every part says what is wrong', async t => {
  const bad: ConfigSpace = {
    ...configSpace,
    packageConfigs: [{ class: 'A', path: 'package_config/A', text: 'PACKAGES install (\n' }],
    templates: [
      {
        ...(configSpace.templates[0] as (typeof configSpace.templates)[0]),
        fileModes: { path: 'file-modes', text: 'x\n' },
      },
    ],
  }
  const { value, diagnostics } = planSystem({ ...input, configSpace: bad })
  t.equal(value, undefined)
  t.strictSame(
    diagnostics.map(({ code }) => code),
    ['file-modes-invalid', 'package-config-syntax'],
  )
})
