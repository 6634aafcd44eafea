import { chmod, mkdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { fileEntry, readTree } from './tree-entries.ts'
import { writePart } from './write-part.ts'

/** What `cpio -t` would print of a newc archive: mode in octal, path, size. */
const listOf = (archive: Buffer): string[] => {
  const lines: string[] = []
  for (let at = 0; at < archive.length; ) {
    const field = (index: number): number =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16)
    const [size, name] = [field(6), field(11)]
    lines.push(`${field(1).toString(8)} ${archive.toString('utf8', at + 110, at + 109 + name)} ${size}`)
    const up = (length: number): number => Math.ceil(length / 4) * 4
    at += up(110 + name) + up(size)
  }
  return lines
}

const makeTree = async (root: string): Promise<void> => {
  await mkdir(join(root, 'b/c'), { recursive: true })
  await writeFile(join(root, 'b/c/file'), 'text')
  await writeFile(join(root, 'b-'), '')
  await writeFile(join(root, 'program'), '#!/bin/sh\n')
  await chmod(join(root, 'program'), 0o755)
  await chmod(join(root, 'b/c/file'), 0o600)
  await symlink('b/c/file', join(root, 'a'))
}

t.test('a tree is an archive in the order of its paths, and the same one each time', async t => {
  const directory = t.testdir({ one: {}, two: {} })
  const archives: Buffer[] = []
  for (const name of ['one', 'two']) {
    const root = join(directory, name)
    await makeTree(root)
    // Whenever the files were made.
    await utimes(join(root, 'program'), 1, archives.length)
    const path = join(directory, `${name}.cpio`)
    await writePart(path, await readTree(root), { mtimeSeconds: 1000 })
    archives.push(await readFile(path))
  }
  t.strictSame(archives[0], archives[1])
  const umask = process.umask()
  const directoryMode = (0o40777 & ~umask).toString(8)
  t.strictSame(listOf(archives[0] ?? Buffer.alloc(0)), [
    '120777 a 8',
    `${directoryMode} b 0`,
    `${(0o100666 & ~umask).toString(8)} b- 0`,
    `${directoryMode} b/c 0`,
    '100600 b/c/file 4',
    '100755 program 10',
    '0 TRAILER!!! 0',
  ])
})

t.test('a file that is gone is an error, not a hole', async t => {
  const directory = t.testdir({})
  const entries = [fileEntry('gone', join(directory, 'gone'), 0o644)]
  await t.rejects(writePart(join(directory, 'x.cpio'), entries, { mtimeSeconds: 0 }), /ENOENT/)
})
