import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import { ROOT } from './test-files.ts'

// Bundles src/main.ts and every package it needs into dist/: program.cjs, which is the whole program, program.cache,
// which is V8's code for what a lookup runs, and main.cjs, which starts the one with the other. A module that is
// imported with `await import` runs only when it is asked for, though it is in the same file. src/tool-main.ts becomes
// tool.cjs, which is small enough to be compiled at each start.

const DIST = join(ROOT, 'dist')

/**
 * Starts the program. Node's own compile cache holds a module as it was before it ran, without the functions that
 * are compiled at their first call; this one is taken after a lookup, with them, and saves a third of the time. It
 * lies beside the program: one that is made at run time would lie where others may write. With another version of
 * Node it is rejected, and the program starts all the same.
 */
const starter = (atExit: string): string => `const { readFileSync, writeFileSync } = require('node:fs')
const { Script } = require('node:vm')
const filename = __dirname + '/program.cjs'
const cache = __dirname + '/program.cache'
let cachedData
try {
  cachedData = readFileSync(cache)
} catch {}
const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData })
${atExit}
script.runInThisContext()(require, filename)
`

const BANNER = `(function (require, __filename) {
'use strict';
const module = { exports: {} };
const programUrl = require('node:url').pathToFileURL(__filename).href;`

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

/** Node's own modules are loaded at their first use: a lookup from files needs neither node:crypto nor node:net. */
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

/** Runs a lookup once without the cache and writes it at the end. Throws if the lookup fails. */
const makeCache = (): void => {
  const maker = join(DIST, 'make-cache.cjs')
  writeFileSync(maker, starter("process.on('exit', () => writeFileSync(cache, script.createCachedData()))"))
  const config = join(ROOT, 'fixtures/demo/fai-classes.yaml')
  const { status, stderr } = spawnSync(process.execPath, [maker, 'lookup', 'web01', '--config', config], {
    env: { ...process.env, NODE_OPTIONS: '' },
    encoding: 'utf8',
  })
  rmSync(maker)
  if (status !== 0) throw new Error(`the bundled program failed: ${stderr}`)
}

const started = new Date()
rmSync(DIST, { recursive: true, force: true })
const SETTINGS: BuildOptions = {
  outdir: DIST,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
}
await build({ ...SETTINGS, entryPoints: { tool: join(ROOT, 'src/tool-main.ts') }, plugins: [lazyBuiltins] })
utimesSync(join(DIST, 'tool.cjs'), started, started)
await build({
  ...SETTINGS,
  entryPoints: { program: join(ROOT, 'src/main.ts') },
  // It has a library in machine code for each processor, and finds it beside itself. What starts the program can only `require`.
  external: ['koffi'],
  supported: { 'dynamic-import': false },
  // Not minified: that saves next to nothing once the code is cached, and a stack trace stays readable.
  plugins: [plainWidth, lazyBuiltins],
  define: { 'import.meta.url': 'programUrl' },
  banner: { js: BANNER },
  footer: { js: '})' },
})
// esbuild escapes what is not ASCII but in comments; without those the text is half as large in memory.
const program = join(DIST, 'program.cjs')
writeFileSync(program, readFileSync(program, 'utf8').replace(/[\u0080-\uffff]/g, '?'))
makeCache()
// Last, and with the time of the start: a source saved while this ran is newer, and bin/fai-classes goes by this file.
writeFileSync(join(DIST, 'main.cjs'), starter(''))
utimesSync(join(DIST, 'main.cjs'), started, started)
