import { type Handler, runForStep } from './context.ts'

/** Runs a command that scripts call as a script would; anything but exit 0 fails the step. */
export const runTool: Handler<'run-tool'> = async ({ argv }, context, step) => {
  await runForStep({ argv, env: context.scriptEnvironment() }, context, step)
}
