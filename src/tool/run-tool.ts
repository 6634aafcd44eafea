import { TOOLS } from './index.ts'
import { messageOf, ToolError, type World } from './tool.ts'

/** What a shell says of a command that is not there. */
const UNKNOWN = 127

/** Runs a tool by its name and gives its exit code; whatever it cannot do becomes a line on stderr and 1, or the code it names. */
export const runTool = async (name: string, args: readonly string[], world: World): Promise<number> => {
  const entry = TOOLS.find(each => each.name === name)
  if (entry === undefined) {
    world.complain(`${name}: no such tool`)
    return UNKNOWN
  }
  try {
    return await (await entry.load())(args, world)
  } catch (error) {
    world.complain(`${name}: ${messageOf(error)}`)
    return error instanceof ToolError ? error.exitCode : 1
  }
}
