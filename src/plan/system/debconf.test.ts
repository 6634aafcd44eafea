import t from 'tap'
import { planDebconf } from './debconf.ts'

t.test('one call of fai-debconf for all classes that have answers, each of them a reason', async t => {
  const answers = ['DEFAULT', 'WEB'].map(name => ({ class: name, path: `/srv/fai/config/debconf/${name}` }))
  t.strictSame(planDebconf(answers, '/srv/fai/config'), [
    {
      id: 'debconf',
      task: 'debconf',
      title: 'preseed debconf',
      because: answers.map(({ class: name, path }) => ({ class: name, origin: { kind: 'file', path } })),
      destroys: false,
      action: { kind: 'run-tool', argv: ['fai-debconf', '/srv/fai/config/debconf'] },
    },
  ])
})

t.test('without answers there is no step', async t => {
  t.strictSame(planDebconf([], '/srv/fai/config'), [])
})
