import t from 'tap'
import type { Step } from '../step.ts'
import { planRepository, planRepositoryCleanup, type RepositoryInput } from './repository.ts'
import { systemStep } from './system-step.ts'

const keyrings = [{ class: 'WEB', path: '/srv/fai/config/package_config/WEB.gpg' }]
const input: RepositoryInput = { keyrings, files: [], variables: {} }

const copies = (steps: readonly Step[]) =>
  steps.map(({ action }) =>
    action.kind === 'copy-machine-file'
      ? `${action.from} ${action.to}`
      : action.kind === 'copy-file'
        ? `${action.from} ${action.to}`
        : action.kind,
  )

t.test('the target gets what the build machine has, and trusts the keys of its classes', async t => {
  const steps = planRepository(input)
  t.strictSame(copies(steps), [
    '/etc/resolv.conf /etc/resolv.conf',
    '/etc/hosts /etc/hosts',
    '/etc/fai/apt/sources.list /etc/apt/sources.list',
    '/etc/fai/apt/preferences /etc/apt/preferences',
    '/srv/fai/config/package_config/WEB.gpg /etc/apt/trusted.gpg.d/WEB.gpg',
  ])
  t.match(steps.at(-1)?.because, [{ class: 'WEB', origin: { kind: 'file' } }])
})

t.test('the file of a class stands in for that of the machine', async t => {
  const copied = (path: string) =>
    systemStep('repository', `file.${path}`, '', {
      kind: 'copy-file',
      from: `files${path}/WEB`,
      to: path,
      owner: 'root',
      group: 'root',
      mode: 0o644,
    })
  const paths = [
    '/etc/hosts',
    '/etc/resolv.conf',
    '/etc/apt/sources.list',
    '/etc/apt/sources.list.d/web.list',
  ]
  const files = paths.map(copied)
  t.strictSame(copies(planRepository({ ...input, keyrings: [], files })), [
    '/etc/fai/apt/preferences /etc/apt/preferences',
    ...paths.map(path => `files${path}/WEB ${path}`),
  ])
})

t.test('FAI_ETC_DIR is where the machine keeps the two for other hosts', async t => {
  const paths = copies(planRepository({ ...input, variables: { FAI_ETC_DIR: '/etc/fai-test' } }))
  t.ok(paths.includes('/etc/fai-test/apt/sources.list /etc/apt/sources.list'))
})

t.test(
  'unsigned archives are taken only while it is installed, and only where FAI_ALLOW_UNSIGNED is 1',
  async t => {
    const variables = { FAI_ALLOW_UNSIGNED: '1' }
    const written = planRepository({ ...input, variables }).find(({ id }) => id === 'repository.unsigned')
    t.match(written?.action, { kind: 'write-file', content: /AllowUnauthenticated "true"/ })
    const [removed] = planRepositoryCleanup({ variables })
    t.equal(removed?.task, 'finish')
    const pathOf = (step: Step | undefined) => step && 'path' in step.action && step.action.path
    t.strictSame(pathOf(removed), pathOf(written))

    const off = { variables: { FAI_ALLOW_UNSIGNED: '0' } }
    t.notOk(planRepository({ ...input, ...off }).some(({ id }) => id === 'repository.unsigned'))
    t.strictSame(planRepositoryCleanup(off), [])
  },
)

t.test('a mirror is mounted where MNTPOINT says, with romountopt', async t => {
  const FAI_DEBMIRROR = '192.0.2.1:/srv/mirror'
  const mountOf = (variables: Record<string, string>) =>
    planRepository({ ...input, variables }).find(({ id }) => id === 'repository.mirror')?.action
  t.equal(mountOf({}), undefined)
  t.strictSame(mountOf({ FAI_DEBMIRROR }), {
    kind: 'mount-mirror',
    source: FAI_DEBMIRROR,
    at: '/media/mirror',
    options: ['-o', 'async,noatime,nolock,ro,actimeo=1800'],
  })
  t.match(mountOf({ FAI_DEBMIRROR, MNTPOINT: '/mnt', romountopt: '-t nfs4 -o ro' }), {
    at: '/mnt',
    options: ['-t', 'nfs4', '-o', 'ro'],
  })
})
