import t from 'tap'
import { planRepository } from './repository.ts'

t.test('the target resolves names as the build machine does, and trusts the keys of its classes', async t => {
  const steps = planRepository([{ class: 'WEB', path: '/srv/fai/config/package_config/WEB.gpg' }])
  t.strictSame(
    steps.map(({ task, action }) => [task, action.kind === 'copy-file' ? action.to : action.kind]),
    [
      ['repository', '/etc/resolv.conf'],
      ['repository', '/etc/hosts'],
      ['repository', '/etc/apt/trusted.gpg.d/WEB.gpg'],
    ],
  )
  t.match(steps[2]?.because, [{ class: 'WEB', origin: { kind: 'file' } }])
})
