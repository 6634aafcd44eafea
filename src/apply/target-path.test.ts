import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeParent, resolveTargetPath } from './target-path.ts'

const target = mkdtempSync(join(tmpdir(), 'fai-path-'))
t.teardown(() => rmSync(target, { recursive: true, force: true }))
mkdirSync(join(target, 'usr/bin'), { recursive: true })
symlinkSync('usr/bin', join(target, 'bin'))
symlinkSync('/run', join(target, 'var-run'))
symlinkSync('../../../../etc', join(target, 'usr/up'))
symlinkSync('/loop', join(target, 'loop'))
symlinkSync('/etc/shadow', join(target, 'file'))

const cases: Record<string, string> = {
  '/etc/hostname': '/etc/hostname',
  '//etc/./x/': '/etc/x',
  '/../../etc': '/etc',
  '/bin/sh': '/usr/bin/sh',
  '/var-run/x': '/run/x',
  '/usr/up/passwd': '/etc/passwd',
  '/file': '/etc/shadow',
}

for (const [path, want] of Object.entries(cases)) {
  t.test(`${path} lies at ${want} of the target`, async t => {
    t.equal(await resolveTargetPath(target, path), join(target, want))
  })
}

t.test('the last component can be kept as it is', async t => {
  t.equal(await resolveTargetPath(target, '/file', 'keep'), join(target, 'file'))
  t.equal(await resolveTargetPath(target, '/var-run/file', 'keep'), join(target, 'run/file'))
})

t.test('links in a circle are an error', async t => {
  await t.rejects(resolveTargetPath(target, '/loop'), {
    message: 'too many symbolic links in "/loop" of the target',
  })
})

t.test('directories are made below the target, whatever the links say', async t => {
  t.equal(await makeParent(target, '/var-run/a/b/file'), join(target, 'run/a/b/file'))
})
