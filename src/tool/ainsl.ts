import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isFile } from '../inspect/folder.ts'
import { lineToAppend } from './ainsl-line.ts'
import { parseOptions } from './getopt.ts'
import { findTargetFile } from './target-file.ts'
import { isSet, type Tool, ToolError } from './tool.ts'

const USAGE = `Usage: ainsl [-aDhnNqQsv] FILE LINE [PATTERN]
Appends LINE to FILE unless a line of it matches PATTERN (perlre; LINE where absent).

  -a  make the file where it is missing   -n  change nothing
  -N  FILE is not below $AINSL_TARGET     -s  blanks match any white space
  -q  * means itself                      -Q  every character means itself
  -v, -D  say more                        -h  this text`

const WRONG_USE = 3
const NO_FILE = 2
const NO_PATTERN = 25

/** `ainsl`: appends a line if no such line is there (fai-semantics.md, section 3.4). */
export const ainsl: Tool = async (args, world) => {
  const { env, print } = world
  const { flags, words, wrong } = parseOptions('aDhsvnQqN', args)
  const [path, line, pattern] = words
  if (flags.has('h') || wrong.length > 0 || path === undefined || line === undefined) {
    print(USAGE)
    return flags.has('h') && wrong.length === 0 ? 0 : WRONG_USE
  }
  const says = flags.has('v') || isSet(env['verbose'])
  const file = await findTargetFile(flags.has('N') ? undefined : env['AINSL_TARGET'], path, world)
  const exists = await isFile(file.opened)
  if (!exists && !flags.has('a')) throw new ToolError(`${file.shown} does not exist`, NO_FILE)
  if (!exists && says) print(`ainsl: create ${file.shown}`)
  const added = lineToAppend(exists ? await readFile(file.opened, 'latin1') : '', {
    line: toBytes(line),
    pattern: pattern === undefined ? undefined : toBytes(pattern),
    anyBlanks: flags.has('s'),
    quoteStars: flags.has('q'),
    quoteAll: flags.has('Q'),
  })
  if (!exists && !flags.has('n')) {
    await mkdir(dirname(file.opened), { recursive: true, mode: 0o755 })
    await writeFile(file.opened, '')
  }
  if (added === undefined)
    throw new ToolError(`"${pattern ?? line}" is no pattern that can be read`, NO_PATTERN)
  if (added === '') return 0
  if (says)
    print(
      `ainsl: appending to ${file.shown}: ${Buffer.from(added, 'latin1').toString().replaceAll('\n', '')}`,
    )
  if (!flags.has('n')) await appendFile(file.opened, added, 'latin1')
  return 0
}

/** A text with a character for each byte of its UTF-8. */
const toBytes = (text: string): string => Buffer.from(text).toString('latin1')
