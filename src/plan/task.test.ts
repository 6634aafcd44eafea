import t from 'tap'
import { failureCode, PROLOGUE, STOP_ON_ERROR, TASKS, tasksInside, tasksOf } from './task.ts'

for (const action of ['install', 'dirinstall', 'softupdate'] as const) {
  t.test(`${action} has its tasks in FAI's order, each once, and never itself`, async t => {
    const inside = tasksInside(action)
    t.strictSame(
      TASKS.filter(task => inside.includes(task)),
      inside,
    )
    t.notOk(inside.some(task => [...PROLOGUE, action, 'action'].includes(task)))
  })
}

t.test(
  'an update touches no disk and unpacks nothing; a directory has no disk and no boot loader of the network',
  async t => {
    const without = (action: 'dirinstall' | 'softupdate') =>
      tasksInside('install').filter(task => !tasksInside(action).includes(task))
    t.strictSame(without('dirinstall'), ['partition', 'mountdisks', 'chboot'])
    t.strictSame(without('softupdate'), ['partition', 'mountdisks', 'extrbase', 'chboot'])
  },
)

t.test(
  'around them are the prologue and the end; an action of the config space has no tasks inside',
  async t => {
    t.strictSame(tasksOf('dirinstall'), [
      ...[...PROLOGUE, 'action', 'dirinstall'],
      ...[...tasksInside('dirinstall'), 'faiend'],
    ])
    t.strictSame(tasksOf('backup'), [...PROLOGUE, 'action'])
  },
)

t.test('a run ends where going on is no use, and goes on where FAI does', async t => {
  const ends = TASKS.filter(task => failureCode(task) > STOP_ON_ERROR)
  const goesOn = ['debconf', 'updatebase', 'instsoft', 'configure', 'tests', 'chboot', 'savelog']
  t.strictSame(
    TASKS.filter(task => !ends.includes(task)),
    goesOn,
  )
  t.strictSame([failureCode('partition'), failureCode('instsoft'), failureCode('extrbase')], [710, 471, 801])
})
