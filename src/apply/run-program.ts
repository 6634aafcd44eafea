import { type Handler, resolveText, resolveWord, runForStep } from './context.ts'

/** In the target the search path is that of a system, whatever the caller's is. */
const TARGET_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  TMPDIR: '/tmp',
} as const

/** Runs a program on the build machine, or by chroot in the target. */
export const runProgram: Handler<'run'> = async (action, context, step) => {
  const { inTarget = false, stdin, timeoutSeconds } = action
  const words = action.argv.map(word => resolveWord(word, context, inTarget))
  const own = Object.entries(action.env ?? {}).map(([name, text]) => [
    name,
    resolveText(text, context, inTarget),
  ])
  const command = {
    argv: inTarget ? ['chroot', context.target, ...words] : words,
    env: { ...(inTarget ? TARGET_ENVIRONMENT : {}), ...Object.fromEntries(own) },
    ...(stdin === undefined ? {} : { stdin }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  }
  await runForStep(command, context, step)
}
