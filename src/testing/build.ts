import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { ROOT } from './test-files.ts'

// Bundles src/main.ts and every package it needs into dist/. What main.ts imports with `await import` becomes a file
// of its own, so that a command loads only what it uses.

const DIST = join(ROOT, 'dist')

/**
 * dist/main.js. The program is imported only once the compile cache is on, else its own files would miss it. The
 * cache lies beside the program: one below /tmp could be prepared by any user of the machine.
 */
const MAIN = `import { enableCompileCache } from 'node:module'
enableCompileCache(import.meta.dirname + '/cache')
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
  plugins: [plainWidth],
  banner: { js: REQUIRE },
  logLevel: 'warning',
})
writeFileSync(join(DIST, 'main.js'), MAIN)
// A source saved while this ran is newer than the bundle, and bin/fai-classes goes by the time of this file.
utimesSync(join(DIST, 'main.js'), started, started)
