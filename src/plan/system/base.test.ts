import t from 'tap'
import { formatWord } from '../format-plan.ts'
import type { Step } from '../step.ts'
import { baseArchiveName, parseDebootstrapVariable, planBase, planBaseCleanup } from './base.ts'

const archive = {
  suite: 'bookworm',
  sources: ['deb http://deb.example.org/debian bookworm main'],
  aptOptions: ['Acquire::Retries "3";'],
}
const because = { origin: { kind: 'file', path: '/etc/apt' } } as const
const path = '/var/cache/fai-classes/base.tar'

const idsOf = (steps: readonly Step[]) => steps.map(({ id }) => id)
const commandOf = (step: Step | undefined) =>
  step?.action.kind === 'run' ? step.action.argv.map(formatWord).join(' ') : undefined

t.test('without a cache the base system is made in the target, which need not be empty', async t => {
  const [step, ...more] = planBase({ archive, because })
  t.strictSame(more, [])
  t.equal(
    commandOf(step),
    'mmdebstrap --mode=root --variant=minbase --format=directory --skip=check/empty --dpkgopt=force-unsafe-io ' +
      '--aptopt=Acquire::Languages "none" --aptopt=Acquire::Retries "3" bookworm TARGET/ ' +
      'deb http://deb.example.org/debian bookworm main',
  )
})

t.test('with an empty cache it is made as an archive under another name, renamed and unpacked', async t => {
  const steps = planBase({ archive, because, cache: { path, present: false } })
  t.strictSame(idsOf(steps), ['base.cache', 'base.bootstrap', 'base.keep', 'base.unpack'])
  t.match(commandOf(steps[1]), `bookworm ${path}.part deb `)
  t.equal(commandOf(steps[2]), `mv --no-target-directory ${path}.part ${path}`)
})

t.test('an archive in the cache is only unpacked', async t => {
  const steps = planBase({ archive, because, cache: { path, present: true } })
  t.strictSame(idsOf(steps), ['base.unpack'])
  t.match(commandOf(steps[0]), `--file ${path} --directory TARGET/`)
})

t.test('the name in the cache depends on all that the base system depends on', async t => {
  t.match(baseArchiveName(archive), /^base-bookworm-[0-9a-f]{16}\.tar$/)
  t.equal(baseArchiveName(archive), baseArchiveName({ ...archive }))
  t.not(baseArchiveName(archive), baseArchiveName({ ...archive, sources: [] }))
  t.not(baseArchiveName(archive), baseArchiveName({ ...archive, aptOptions: [] }))
})

t.test('what only the installation needed is removed at the end', async t => {
  t.ok(
    planBaseCleanup(because).every(({ task, action }) => task === 'finish' && action.kind === 'remove-file'),
  )
})

t.test('FAI_DEBOOTSTRAP is a suite and a mirror', async t => {
  const { value } = parseDebootstrapVariable(' trixie http://deb.example.org/debian ', [], because.origin)
  t.strictSame(value, {
    suite: 'trixie',
    sources: ['deb http://deb.example.org/debian trixie main'],
    aptOptions: [],
  })
  for (const text of ['trixie', 'trixie deb.example.org', 'trixie http://x y']) {
    const { diagnostics } = parseDebootstrapVariable(text, [], because.origin)
    t.match(diagnostics, [{ code: 'bad-variable', severity: 'error' }], text)
  }
})
