import t from 'tap'
import { formatWord } from '../format-plan.ts'
import type { Step } from '../step.ts'
import { type BaseInput, baseArchitecture, baseArchiveName, planBase, planBaseCleanup } from './base.ts'
import { machineBootstrap } from './bootstrap.ts'

const archive = {
  suite: 'bookworm',
  sources: ['deb http://deb.example.org/debian bookworm main'],
  aptOptions: ['Acquire::Retries "3";'],
}
const because = { origin: { kind: 'file', path: '/etc/apt' } } as const
const bootstrap = machineBootstrap(archive)
const made = { kind: 'bootstrap', bootstrap, because } as const
const path = '/var/cache/fai-classes/base.tar'

const idsOf = (steps: readonly Step[]) => steps.map(({ id }) => id)
const commandOf = (step: Step | undefined) =>
  step?.action.kind === 'run' ? step.action.argv.map(formatWord).join(' ') : undefined

const archived = (place: Extract<BaseInput, { kind: 'archive' }>['archive']['place']): BaseInput => ({
  kind: 'archive',
  archive: { class: 'DEBIAN', place },
  aptOptions: archive.aptOptions,
  because,
})

t.test('without a cache the base system is made in the target, which need not be empty', async t => {
  const [step, ...more] = planBase(made)
  t.strictSame(more, [])
  t.equal(
    commandOf(step),
    'mmdebstrap --mode=root --hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr --variant=minbase ' +
      '--format=directory --skip=check/empty --skip=cleanup/apt/lists --dpkgopt=force-unsafe-io ' +
      '--aptopt=Acquire::Languages "none" --aptopt=Acquire::Retries "3" bookworm TARGET/ ' +
      'deb http://deb.example.org/debian bookworm main',
  )
})

t.test('with an empty cache it is made as an archive under another name, renamed and unpacked', async t => {
  const steps = planBase({ ...made, cache: { path, present: false } })
  t.strictSame(idsOf(steps), ['base.cache', 'base.bootstrap', 'base.keep', 'base.unpack'])
  t.match(commandOf(steps[1]), `bookworm ${path}.part deb `)
  t.equal(commandOf(steps[2]), `mv --no-target-directory ${path}.part ${path}`)
})

t.test('an archive in the cache is only unpacked', async t => {
  const steps = planBase({ ...made, cache: { path, present: true } })
  t.strictSame(idsOf(steps), ['base.unpack'])
  t.match(commandOf(steps[0]), `--file ${path} --directory TARGET/`)
})

t.test(
  'debootstrap gets what FAI gives it, and its base system the files that mmdebstrap leaves',
  async t => {
    const command = {
      program: 'debootstrap',
      options: ['--exclude=x'],
      mirror: 'http://deb.example.org',
    } as const
    const base = {
      ...made,
      bootstrap: { archive, command, architecture: 'i386' },
      cache: { path, present: true },
    }
    const [step, ...files] = planBase(base)
    t.equal(commandOf(step), 'debootstrap --exclude=x bookworm TARGET/ http://deb.example.org')
    t.match(step?.title, 'of bookworm for i386 with debootstrap')
    t.match(files, [
      { action: { kind: 'write-file', content: 'Acquire::Languages "none";\nAcquire::Retries "3";\n' } },
      { action: { kind: 'write-file', content: 'force-unsafe-io\n' } },
    ])
    t.equal(baseArchitecture(base), 'i386')
  },
)

t.test('an archive of a class is unpacked, whatever packed it', async t => {
  const [unpack, ...files] = planBase(
    archived({ kind: 'file', path: '/srv/config/basefiles/DEBIAN.tar.zst' }),
  )
  t.equal(
    commandOf(unpack),
    'tar --extract --numeric-owner --xattrs --xattrs-include=* --file /srv/config/basefiles/DEBIAN.tar.zst --directory TARGET/',
  )
  t.equal(files.length, 2)
})

t.test('one from a URL is fetched into the target before, with limits, and removed afterwards', async t => {
  const url = 'http://192.0.2.1/basefiles/DEBIAN.tar.xz'
  const steps = planBase(archived({ kind: 'url', url }))
  t.strictSame(idsOf(steps).slice(0, 3), ['base.fetch', 'base.unpack', 'base.fetched'])
  t.match(commandOf(steps[0]), /^curl --fail .*--speed-time 60 .*--output TARGET\/DEBIAN\.tar\.xz http:/)
  t.match(steps[2]?.action, { kind: 'remove-file', path: { target: '/DEBIAN.tar.xz' } })
  t.equal(baseArchitecture(archived({ kind: 'url', url })), undefined)
})

t.test('the name in the cache depends on all that the base system depends on', async t => {
  const named = (over: Partial<typeof archive>) => baseArchiveName(machineBootstrap({ ...archive, ...over }))
  t.match(named({}), /^base-bookworm-[0-9a-f]{16}\.tar$/)
  t.equal(named({}), baseArchiveName(bootstrap))
  t.not(named({}), named({ sources: [] }))
  t.not(named({}), named({ aptOptions: [] }))
})

t.test('what was written for the installation alone is removed at the end', async t => {
  for (const base of [made, archived({ kind: 'file', path })]) {
    const written = planBase(base).flatMap(({ action }) =>
      action.kind === 'write-file' ? [action.path] : [],
    )
    const removed = planBaseCleanup(base).map(({ action, task }) => {
      t.equal(task, 'finish')
      return action.kind === 'remove-file' ? action.path : undefined
    })
    t.equal(removed.length, 2)
    if (base.kind === 'archive') t.strictSame(removed, written)
  }
})
