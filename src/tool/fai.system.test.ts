import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { isLong, type Random, randomFrom, runSeed } from '../testing/random.ts'
import { drawFcopy } from '../testing/random-fcopy-call.ts'
import { drawFaiDebconf, drawFaiDivert, drawFaiStatoverride } from '../testing/random-target-call.ts'
import {
  drawAinsl,
  drawCheckStatus,
  drawFaiDoScripts,
  drawFaiLink,
  drawFaiSed,
  drawFtar,
  drawIfclass,
} from '../testing/random-tool-call.ts'
import { callTool, type ToolCall, type ToolEnd, type Whose } from '../testing/tool-pair.ts'
import { plantTree } from '../testing/tree.ts'

// Each call starts a program of FAI, most of them in Perl.

const seed = runSeed()
const ROUNDS = isLong() ? 10 : 1

/** How a tool is tried: its calls, how many, and the lines of stdout that programs may rely on. */
type Trial = { readonly draw: (random: Random) => ToolCall; readonly calls: number; readonly lines: RegExp }

/** An archive with a file of its own and one that every archive has. */
const packed = (suffix: string, text: string): Uint8Array => {
  const directory = mkdtempSync(join(tmpdir(), 'fai-archive-'))
  try {
    plantTree(directory, { [`of-${text}`]: { text }, shared: { text }, 'sub/deep': { text, uid: 1000 } })
    const archive = join(directory, `archive.${suffix}`)
    const files = [`of-${text}`, 'shared', 'sub/deep']
    execFileSync('tar', ['--auto-compress', '-C', directory, '-cf', archive, ...files])
    return readFileSync(archive)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const ANY = /^/
const TRIALS: Readonly<Record<string, Trial>> = {
  fcopy: { draw: drawFcopy, calls: 80, lines: ANY },
  ainsl: { draw: drawAinsl, calls: 80, lines: ANY },
  ftar: { draw: random => drawFtar(random, packed), calls: 30, lines: /^ftar: extracting / },
  'fai-sed': { draw: drawFaiSed, calls: 30, lines: /^sed -e / },
  'fai-link': { draw: drawFaiLink, calls: 20, lines: ANY },
  'fai-do-scripts': { draw: drawFaiDoScripts, calls: 20, lines: / (?:OK|FAILED with exit code \d+)\.$/ },
  'fai-debconf': { draw: drawFaiDebconf, calls: 20, lines: /^(?:Adding|Reconfiguring) / },
  'fai-divert': { draw: drawFaiDivert, calls: 10, lines: /^$/ },
  'fai-statoverride': { draw: drawFaiStatoverride, calls: 10, lines: ANY },
  check_status: { draw: drawCheckStatus, calls: 10, lines: ANY },
  ifclass: { draw: drawIfclass, calls: 20, lines: ANY },
}

/** Calls that are under way at once. */
const AT_ONCE = 4

/** What programs may rely on: exit code, lines of stdout, and everything on the disk. FAI walks directories in no order. */
const compared = ({ code, stdout, tree }: ToolEnd, lines: RegExp, { tool, args }: ToolCall) => ({
  // The table of README says why.
  code: tool === 'fai-divert' && args[0] === '-R' ? undefined : code,
  stdout: stdout.filter(line => lines.test(line)).sort(),
  tree: tree.map(line => {
    if (/^(?:log.fcopy|own)\.log /.test(line)) return line.split(/"|\\n/).sort().join('\n')
    return tool === 'fai-divert' ? line.replace(/"[^"]*exit 0\\n"/, 'stub') : line
  }),
})

for (const [tool, { draw, calls, lines }] of Object.entries(TRIALS)) {
  t.test(`${tool}: ${calls * ROUNDS} calls end as FAI's do (seed ${seed})`, async t => {
    const random = randomFrom(seed)
    const drawn = Array.from({ length: calls * ROUNDS }, () => draw(random))
    const compare = async (call: ToolCall, index: number): Promise<void> => {
      // Every tenth as scripts start it; the others in this process, where no start is paid for.
      const whose: Whose = index % 10 === 9 ? 'executable' : 'ours'
      const [theirs, ours] = await Promise.all([callTool('fai', call), callTool(whose, call)])
      const given = { theirs: theirs.stderr, ours: ours.stderr, call }
      t.strictSame(
        compared(ours, lines, call),
        compared(theirs, lines, call),
        `call ${index}: ${call.args.join(' ')}`,
        {
          given,
        },
      )
    }
    for (let from = 0; from < drawn.length; from += AT_ONCE) {
      await Promise.all(drawn.slice(from, from + AT_ONCE).map((call, index) => compare(call, from + index)))
    }
  })
}
