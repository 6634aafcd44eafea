import t from 'tap'
import type { ConfigSpace } from '../../model/config-space.ts'
import type { DiskSteps } from '../disk/image-steps.ts'
import { TASKS } from '../task.ts'
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
  templates: [
    { class: 'WEB', path: '/srv/fai/config/files/etc/motd/WEB', targetPath: '/etc/motd', executable: false },
  ],
  scripts: [{ class: 'WEB', name: 'WEB/10-nginx', path: '/srv/fai/config/scripts/WEB/10-nginx' }],
}
const origin = { kind: 'option', option: '--image' } as const
const input: SystemInput = {
  classes: ['DEFAULT', 'DEBIAN', 'WEB', 'LAST'],
  variables: {},
  configSpace,
  base: { archive: { suite: 'bookworm', sources: [], aptOptions: [] }, because: { origin } },
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
    ['repository.key.WEB', 'update.lists'],
    ['update.policy', 'packages.install-norec'],
    ['packages.check', 'packages.install-norec'],
    ['initramfs.release', 'script.WEB/10-nginx'],
    ['file./etc/motd', 'script.WEB/10-nginx'],
    ['script.WEB/10-nginx', 'initramfs.make'],
    ['boot.loader', 'fill'],
    ['finish.policy', 'fill'],
  ] as const) {
    t.ok(ids.includes(before) && ids.indexOf(before) < ids.indexOf(after), `${before} before ${after}`)
  }
})

t.test('a directory gets no boot loader, and is unmounted at the end', async t => {
  const ids = idsOf({ saveLogsTo: '/var/log/fai/web01/dirinstall' })
  t.notOk(ids.some(id => id.startsWith('boot.')))
  t.strictSame(ids.slice(-2), ['save-logs', 'unmount'])
})

const upgrades: Record<string, { over: Partial<SystemInput>; want: boolean }> = {
  'a base made now from the same archives': {
    over: { configSpace: { ...configSpace, keyrings: [] } },
    want: false,
  },
  'a base that was kept': {
    over: {
      configSpace: { ...configSpace, keyrings: [] },
      base: { ...input.base, cache: { path: '/var/cache/base.tar', present: true } },
    },
    want: true,
  },
  'a config space that adds an archive': { over: {}, want: true },
}

for (const [name, { over, want }] of Object.entries(upgrades)) {
  t.test(`${name} is ${want ? '' : 'not '}upgraded`, async t => {
    t.equal(idsOf(over).includes('update.upgrade'), want)
  })
}

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
