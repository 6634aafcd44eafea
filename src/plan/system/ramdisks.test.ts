import t from 'tap'
import { planRamdisks } from './ramdisks.ts'

const pathsOf = (variables: Record<string, string>) =>
  planRamdisks(variables).mount.map(({ action }) => 'path' in action && action.path)

const cases: Record<string, { variables: Record<string, string>; want: string[] }> = {
  'nobody says so: the database of dpkg': { variables: { target: '/target' }, want: ['/var/lib/dpkg'] },
  'paths as the scripts see them': {
    variables: { target: '/srv/t/', FAI_RAMDISKS: '/srv/t/var/lib/dpkg /srv/t/var/cache  /srv/t/var/cache' },
    want: ['/var/lib/dpkg', '/var/cache'],
  },
  'nothing outside of the target, nor all of it': {
    variables: { target: '/target', FAI_RAMDISKS: '/var/lib/rpm /target /target/../x' },
    want: [],
  },
}

for (const [name, { variables, want }] of Object.entries(cases)) {
  t.test(name, async t => t.strictSame(pathsOf(variables), want))
}

t.test('each is written back when the tasks are done', async t => {
  const { mount, unmount } = planRamdisks({ target: '/target' })
  t.match(mount, [{ task: 'extrbase', action: { kind: 'mount-ramdisk' } }])
  t.match(unmount, [{ task: 'finish', action: { kind: 'unmount-ramdisk', path: '/var/lib/dpkg' } }])
})
