import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LockFile, missingOptionals, withOptionals } from './lock-file.ts'
import { ROOT } from './test-files.ts'

// `npm run lock`, after a dependency was added: npm leaves packages for other platforms out of the lock file where the
// registry at hand does not have them, and `npm ci` then refuses the file.

const path = join(ROOT, 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8')) as LockFile
for (const { name } of missingOptionals(lock)) process.stdout.write(`${name} was missing\n`)
writeFileSync(path, `${JSON.stringify(withOptionals(lock), undefined, 2)}\n`)
