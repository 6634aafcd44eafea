import t from 'tap'
import type { ConfigSpace } from '../../model/config-space.ts'
import { tasksInside } from '../task.ts'
import { planUpdate } from './update.ts'

const configSpace: ConfigSpace = {
  directory: '/srv/fai/config',
  diskConfig: undefined,
  packageConfigs: [{ class: 'WEB', path: 'package_config/WEB', text: 'PACKAGES install\nnginx\n' }],
  keyrings: [{ class: 'WEB', path: '/srv/fai/config/package_config/WEB.gpg' }],
  localPackages: [],
  debconf: [{ class: 'WEB', path: '/srv/fai/config/debconf/WEB' }],
  templates: [],
  scripts: [{ class: 'WEB', name: 'WEB/10-nginx', path: '/srv/fai/config/scripts/WEB/10-nginx' }],
}
const input = {
  classes: ['DEFAULT', 'WEB', 'LAST'],
  configSpace,
  scriptSeconds: 3600,
  isRunning: true,
  saveLogsTo: '/var/log/fai/web01/softupdate',
}
const idsOf = (over: Partial<typeof input> = {}): readonly string[] =>
  (planUpdate({ ...input, ...over }).value ?? []).map(({ id }) => id)

t.test("the tasks of FAI's softupdate, in their order", async t => {
  const tasks = new Set(planUpdate(input).value?.map(({ task }) => task))
  t.strictSame(
    [...tasks],
    tasksInside('softupdate').filter(task => tasks.has(task)),
  )
  t.strictSame(idsOf(), [
    'debconf',
    'repository.key.WEB.gpg',
    'update.finish-dpkg',
    'update.lists',
    'update.upgrade',
    'packages',
    'script.WEB/10-nginx',
    'save-logs',
    'unmount',
  ])
})

t.test('a system below a directory gets what a running one has, and its daemons stay down', async t => {
  const ids = idsOf({ isRunning: false })
  const more = ids.filter(id => !idsOf().includes(id))
  t.equal(more.length, 5)
  t.strictSame(
    [...more.slice(0, 3), 'packages', ...more.slice(3)].map(id => ids.indexOf(id)),
    [2, 3, 4, 8, 10, 11],
  )
})

t.test('what the host holds stays as it is', async t => {
  const steps = planUpdate(input).value ?? []
  t.match(steps.find(({ id }) => id === 'packages')?.action, { respectsHolds: true })
  t.notMatch(JSON.stringify(steps), '--allow-change-held-packages')
})

t.test('a file that cannot be read is an error and no plan', async t => {
  const packageConfigs = [{ class: 'WEB', path: 'package_config/WEB', text: 'PACKAGES taskinst\nweb\n' }]
  const { value, diagnostics } = planUpdate({ ...input, configSpace: { ...configSpace, packageConfigs } })
  t.equal(value, undefined)
  t.match(diagnostics, [{ severity: 'error', origin: { path: 'package_config/WEB' } }])
})
