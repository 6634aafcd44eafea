import t from 'tap'
import { undoStack } from './undo.ts'

const noHelp = async () => {}
const noWait = async () => {}

t.test('everything is undone in reverse order, also after a failure, and once only', async t => {
  const done: string[] = []
  const stack = undoStack(noHelp, noWait)
  const push = (title: string) =>
    stack.push({
      title,
      undo: async () => {
        done.push(title)
      },
    })
  push('first')
  push('second')
  t.strictSame(await stack.undoAll(), [])
  t.strictSame(done, ['second', 'first'])
  t.strictSame(await stack.undoAll(), [])
  t.strictSame(done, ['second', 'first'])
})

t.test('one thing may be undone before the others', async t => {
  const done: string[] = []
  const stack = undoStack(noHelp, noWait)
  for (const title of ['first', 'second']) stack.push({ title, undo: async () => void done.push(title) })
  await stack.undoOne('first')
  await stack.undoOne('first')
  await stack.undoAll()
  t.strictSame(done, ['first', 'second'])

  stack.push({ title: 'stuck', undo: () => Promise.reject(new Error('busy')) })
  await t.rejects(stack.undoOne('stuck'), { message: 'stuck (busy)' })
})

t.test('what is busy is tried again, after what holds it was ended', async t => {
  let holders = 2
  const stack = undoStack(async () => {
    holders--
  }, noWait)
  stack.push({
    title: '/target is mounted',
    undo: async () => {
      if (holders > 0) throw new Error('target is busy')
    },
  })
  t.strictSame(await stack.undoAll(), [])
})

t.test('what stays busy is told, and the rest is undone', async t => {
  const done: string[] = []
  const stack = undoStack(noHelp, noWait)
  stack.push({ title: 'below', undo: async () => void done.push('below') })
  stack.push({ title: '/target is mounted', undo: () => Promise.reject(new Error('target is busy')) })
  t.strictSame(await stack.undoAll(), ['/target is mounted (target is busy)'])
  t.strictSame(done, ['below'])
})
