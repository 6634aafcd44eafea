import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { ROOT } from './test-files.ts'

// Bundles src/main.ts and every package it needs into dist/. What main.ts imports with `await import` becomes a file
// of its own, so that a command loads only what it uses.

const DIST = join(ROOT, 'dist')

/**
 * dist/main.js. The program is imported only once the compile cache is on, else its own files would miss it. The
 * cache lies beside the program or, for whom that is not writable, at home: one in a directory for all, such as /tmp,
 * could be prepared by any user of the machine, and its code would run.
 */
const MAIN = `import { constants, enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
const { status } = enableCompileCache(import.meta.dirname + '/cache')
if (status === constants.compileCacheStatus.FAILED) enableCompileCache(homedir() + '/.cache/fai-classes')
await import('./program.js')
`

/** CommonJS packages ask for Node's own modules by \`require\`, which an ES module does not have. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"

/**
 * yargs measures its help text with string-width, which prepares to find emoji while it is loaded: 50 ms, more than
 * Node itself takes to start. Ours is plain text, one column a character.
 */
const plainWidth: Plugin = {
  name: 'plain-width',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^string-width$/ }, () => ({ path: 'string-width', namespace: 'plain-width' }))
    onLoad({ filter: /^/, namespace: 'plain-width' }, () => ({
      contents: 'export default text => [...text].length',
    }))
  },
}

/**
 * Node's own modules are loaded at their first use. As imports of ES modules they are loaded at once, with everything
 * they can export: node:crypto and node:net alone take 20 ms, and a lookup from files needs neither.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^/ }, ({ path }) =>
      isBuiltin(path) ? { path, namespace: 'lazy-builtins' } : undefined,
    )
    onLoad({ filter: /^/, namespace: 'lazy-builtins' }, ({ path }) => ({
      contents: `module.exports = Object.create(new Proxy({}, {
        get: (target, name) => process.getBuiltinModule('${path}')[name],
      }))`,
    }))
  },
}

const started = new Date()
rmSync(DIST, { recursive: true, force: true })
await build({
  entryPoints: { program: join(ROOT, 'src/main.ts') },
  outdir: DIST,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Not minified: with the compile cache that saves no time, and a stack trace stays readable.
  chunkNames: 'chunk-[hash]',
  plugins: [plainWidth, lazyBuiltins],
  banner: { js: REQUIRE },
  logLevel: 'warning',
})
writeFileSync(join(DIST, 'main.js'), MAIN)
// A source saved while this ran is newer than the bundle, and bin/fai-classes goes by the time of this file.
utimesSync(join(DIST, 'main.js'), started, started)
