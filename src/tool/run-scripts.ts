import type { Diagnostic } from '../diagnostic/diagnostic.ts'
import { readScripts } from '../inspect/config-space-scripts.ts'
import { readScriptType } from '../inspect/script-type.ts'
import type { Script } from '../model/config-space.ts'

/** What `runScripts` needs of the world. */
export type ScriptWorld = {
  /** Runs a script in its directory, its output in the log below the header, and gives its exit code. */
  readonly run: (script: Script, type: string) => Promise<number>
  /** A line of the log of scripts. */
  readonly header: (line: string, type: string) => void
  /** How a script ended: for the logs and `status.log`. */
  readonly ended: (script: Script, exitCode: number, type: string) => void
  /** A file that is no script although it bears the name of one. */
  readonly warn: (diagnostic: Diagnostic) => void
}

const OFFSET = 100
const HIGHEST = 255

/**
 * Runs the scripts of the classes in FAI's order (fai-semantics.md, section 3.3): all of them, whatever one ends with. Gives
 * 0, or 100 and the highest exit code, 255 at most.
 */
export const runScripts = async (
  directory: string,
  classes: readonly string[],
  world: ScriptWorld,
): Promise<number> => {
  const { value: scripts = [], diagnostics } = await readScripts(directory, classes)
  for (const diagnostic of diagnostics) world.warn(diagnostic)
  let highest = 0
  for (const script of scripts) {
    const type = await readScriptType(script.path)
    world.header(`=====   ${type}: ${script.name}   =====`, type)
    const exitCode = await world.run(script, type)
    world.ended(script, exitCode, type)
    highest = Math.max(highest, exitCode)
  }
  return toScriptsExitCode(highest)
}

/** The exit code for the highest one of all scripts. Pure. */
export const toScriptsExitCode = (highest: number): number =>
  highest === 0 ? 0 : Math.min(OFFSET + highest, HIGHEST)
