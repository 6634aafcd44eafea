import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { type LockFile, missingOptionals, withOptionals } from './lock-file.ts'
import { ROOT } from './test-files.ts'

const lock = {
  packages: {
    '': {},
    'node_modules/tool': {
      version: '1.0.0',
      dev: true,
      license: 'MIT',
      optionalDependencies: { '@tool/linux-x64-musl': '1.0.0', '@tool/linux-x64': '1.0.0' },
    },
    'node_modules/@tool/linux-x64': { version: '1.0.0' },
  },
}

t.test('an optional package without an entry gets one that is never fetched elsewhere', async t => {
  t.strictSame(
    missingOptionals(lock).map(({ name }) => name),
    ['@tool/linux-x64-musl'],
  )
  const { packages } = withOptionals(lock)
  t.match(packages['node_modules/@tool/linux-x64-musl'], {
    version: '1.0.0',
    cpu: ['x64'],
    os: ['linux'],
    libc: ['musl'],
    optional: true,
    dev: true,
  })
  t.strictSame(Object.keys(packages).slice(0, 2), ['', 'node_modules/@tool/linux-x64'])
})

t.test('the lock file has an entry for every optional package: npm ci refuses it otherwise', async t => {
  const ours = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as LockFile
  t.strictSame(missingOptionals(ours), [])
})
