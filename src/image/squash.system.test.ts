import { createHash } from 'node:crypto'
import { cp, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { makeRunner } from '../apply/runner.ts'
import { squash } from './squash.ts'

const setting = { run: makeRunner(process.env), signal: new AbortController().signal }

t.test('the same files are the same image, whenever and whoever made them', async t => {
  const directory = t.testdir({
    one: { bin: { program: '#!/bin/sh\n'.repeat(100_000) }, etc: { passwd: 'root:x:0:0' } },
  })
  const [one, two] = [join(directory, 'one'), join(directory, 'two')] as const
  await symlink('bin/program', join(one, 'link'))
  await cp(one, two, { recursive: true, verbatimSymlinks: true })
  await utimes(join(two, 'bin/program'), 1, 1)
  const digests: string[] = []
  for (const tree of [one, two, two]) {
    if (digests.length === 2) await writeFile(join(two, 'etc/passwd'), 'root:x:0:1')
    const path = join(directory, `${digests.length}.squashfs`)
    await squash(tree, path, { mtimeSeconds: 1000, level: 3 }, setting)
    digests.push(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    )
  }
  t.equal(digests[0], digests[1])
  t.not(digests[1], digests[2], 'and other files another one')
})

t.test('a directory that is not there is no image', async t => {
  const directory = t.testdir({})
  const squashed = squash(
    join(directory, 'gone'),
    join(directory, 'x'),
    { mtimeSeconds: 0, level: 3 },
    setting,
  )
  await t.rejects(squashed, { name: 'CommandError' })
})
