import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { runProgram } from '../testing/run-program.ts'
import { withFiles } from '../testing/site-files.ts'
import { openServedFile, toServedPath } from './served-file.ts'

const PATHS: Readonly<Record<string, [name: string, path: string | undefined]>> = {
  'a path': ['grub/grub.cfg', 'grub/grub.cfg'],
  'a slash in front': ['/snponly.efi', 'snponly.efi'],
  'backslashes, as of Windows': ['\\Boot\\x64\\wdsnbp.com', 'Boot/x64/wdsnbp.com'],
  'slashes and dots that mean nothing': ['.//a/./b/', 'a/b'],
  'up and down again': ['a/../b', 'b'],
  'out of the root': ['../etc/passwd', undefined],
  'out of the root and back': ['a/../../root/b', undefined],
  'out by backslashes': ['..\\a', undefined],
  'names that begin or end in dots': ['..foo/bar..', '..foo/bar..'],
  'three dots': ['.../a', '.../a'],
  nothing: ['/', ''],
}
for (const [title, [name, path]] of Object.entries(PATHS)) {
  t.test(`${title}: ${path ?? 'no path'}`, async t => {
    t.equal(toServedPath(name), path)
  })
}

const opened = async (root: string, path: string): Promise<string> => {
  const file = await openServedFile(root, path)
  if (file.kind !== 'file') return `${file.kind}: ${file.reason}`
  const octets = await file.handle.readFile()
  await file.handle.close()
  return `${file.sizeBytes} ${octets}`
}

t.test('links are followed below the root, also that the root is one, and not out of it', async t => {
  await withFiles({ 'root/a/file': 'inside', secret: 'outside', 'root2/x': 'neighbour' }, async directory => {
    const root = join(directory, 'link')
    await symlink('root', root)
    await symlink('a', join(directory, 'root/to-folder'))
    await symlink('../../secret', join(directory, 'root/a/out'))
    await symlink('../../root2', join(directory, 'root/a/beside'))
    await symlink('loop', join(directory, 'root/loop'))
    t.equal(await opened(root, 'a/file'), '6 inside')
    t.equal(await opened(root, 'to-folder/file'), '6 inside')
    t.equal(await opened(root, 'a/out'), 'refused: is outside of the root')
    t.equal(await opened(root, 'a/beside/x'), 'refused: is outside of the root')
    t.equal(await opened(root, 'loop'), 'refused: may not be read')
  })
})

t.test('only regular files are opened, and none is waited for', async t => {
  await withFiles({ file: '' }, async root => {
    await mkdir(join(root, 'folder'))
    await runProgram('mkfifo', [join(root, 'fifo')])
    t.equal(await opened(root, 'file'), '0 ')
    t.equal(await opened(root, 'folder'), 'refused: is a directory')
    t.equal(await opened(root, ''), 'refused: is outside of the root')
    t.equal(await opened(root, 'fifo'), 'refused: is no regular file')
    t.equal(await opened(root, 'absent'), 'missing: is not there')
    t.equal(await opened(root, 'file/below'), 'missing: is not there')
    t.equal(await opened(root, 'n'.repeat(300)), 'missing: is not there')
    t.equal(await opened(join(root, 'absent'), 'file'), 'missing: is not there')
  })
})

t.test('a file whose octets cannot be had for another reason rejects', async t => {
  await withFiles({ file: '' }, async root => {
    await writeFile(join(root, 'file'), 'x')
    await chmod(join(root, 'file'), 0o644)
    await t.rejects(openServedFile(root, 'a\0b'), { code: 'ERR_INVALID_ARG_VALUE' })
  })
})
