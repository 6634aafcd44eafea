import fc from 'fast-check'
import t from 'tap'
import type { StorageStep, StorageStepKind } from '../../plan/disk/storage-plan.ts'
import { runSteps, startableSteps } from './schedule.ts'

/** A step that does nothing; `needs` and `provides` are names. */
const step = (
  id: string,
  disks: readonly string[],
  needs: readonly string[] = [],
  kind: StorageStepKind = 'write-table',
): StorageStep => ({
  id,
  kind,
  title: id,
  argv: ['true'],
  needs,
  provides: [`${id} done`],
  destroys: false,
  device: disks[0] ?? '',
  disks,
  repeat: 'safe',
})

const idsOf = (steps: readonly StorageStep[]): readonly string[] => steps.map(({ id }) => id)

t.test('steps of different disks start together, one disk at a time, in the order of the plan', async t => {
  const [a1, a2, b1] = [step('a1', ['a']), step('a2', ['a']), step('b1', ['b'])]
  t.strictSame(idsOf(startableSteps([a1, a2, b1], [])), ['a1', 'b1'])
  t.strictSame(idsOf(startableSteps([a2, b1], [a1])), ['b1'])
})

t.test('a step waits for what it needs, and holds back later ones of its disks', async t => {
  const array = step('array', ['a', 'b'], ['a1 done', 'b1 done'])
  const [b1, b2] = [step('b1', ['b']), step('b2', ['b'])]
  t.strictSame(idsOf(startableSteps([array, b2], [b1])), [])
  t.strictSame(idsOf(startableSteps([array, b2], [])), ['array'])
  t.strictSame(idsOf(startableSteps([step('x', ['c'], ['there from the start'])], [])), ['x'])
})

t.test('light steps share a disk, up to four; another waits for them, and they for it', async t => {
  const light = [1, 2, 3, 4, 5].map(number => step(`l${number}`, ['a'], [], 'create-filesystem'))
  const heavy = step('table', ['a'])
  t.strictSame(idsOf(startableSteps(light, [])), ['l1', 'l2', 'l3', 'l4'])
  t.strictSame(idsOf(startableSteps(light.slice(2), light.slice(0, 2))), ['l3', 'l4'])
  t.strictSame(idsOf(startableSteps([heavy, ...light], [])), ['table'])
  t.strictSame(idsOf(startableSteps([heavy], light.slice(0, 1))), [])
  t.strictSame(idsOf(startableSteps(light, [heavy])), [])
})

t.test('a failure lets running steps end and starts no other', async t => {
  const ended: string[] = []
  const steps = [step('bad', ['a']), step('slow', ['b']), step('never', ['c'], ['bad done'])]
  const running = runSteps(steps, async ({ id }) => {
    await new Promise(resolve => setImmediate(resolve))
    if (id === 'bad') throw new Error('broken')
    await new Promise(resolve => setImmediate(resolve))
    ended.push(id)
  })
  await t.rejects(running, { message: 'broken' })
  t.strictSame(ended, ['slow'])
})

t.test('a step that waits for itself is an error, not a hang', async t => {
  await t.rejects(
    runSteps([step('a', ['a'], ['a done'])], async () => {}),
    { message: /a waits for itself/ },
  )
})

t.test('every step runs once, after what it needs, alone on its disks', async t => {
  const plans = fc.array(
    fc.tuple(fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }), fc.array(fc.nat(), { maxLength: 3 })),
    { maxLength: 12 },
  )
  const check = async (
    drawn: readonly (readonly [readonly number[], readonly number[]])[],
  ): Promise<void> => {
    const steps = drawn.map(([disks, needs], index) =>
      step(`${index}`, disks.map(String), index === 0 ? [] : needs.map(need => `${need % index} done`)),
    )
    const done = new Set<string>()
    const busy = new Set<string>()
    await runSteps(steps, async ({ id, disks, needs }) => {
      if (disks.some(disk => busy.has(disk))) throw new Error(`${id} on a busy disk`)
      if (!needs.every(need => done.has(need))) throw new Error(`${id} too early`)
      for (const disk of disks) busy.add(disk)
      await null
      for (const disk of disks) busy.delete(disk)
      if (done.has(`${id} done`)) throw new Error(`${id} twice`)
      done.add(`${id} done`)
    })
    if (done.size !== steps.length) throw new Error('a step is missing')
  }
  await fc.assert(fc.asyncProperty(plans, check))
  t.pass('the property holds')
})
