import type { ToolCall, ToolEnd } from './tool-pair.ts'

/** A case in which a tool of FAI does something that ours does not: the call, and what each makes of it. */
export type ToolDifference = {
  readonly call: ToolCall
  /** The part of the end in which they differ. */
  readonly look: (end: ToolEnd) => unknown
  readonly fai: unknown
  readonly ours: unknown
}

/** The variables that FAI sets. */
export const ROOT = {
  FAI: '@/space',
  FAI_ROOT: '@/target',
  target: '@/target',
  AINSL_TARGET: '@/target',
  LOGDIR: '@/log',
  classes: 'A B',
}

/** A call with the variables that FAI sets. */
export const call = (tool: string, args: readonly string[], tree: ToolCall['tree'], times = 1): ToolCall => ({
  tool,
  args,
  env: ROOT,
  tree: { log: {}, ...tree },
  times,
})

/** The exit code. */
export const code = ({ code }: ToolEnd): number => code
/** The lines of the tree that begin so. */
export const at =
  (...paths: readonly string[]) =>
  ({ tree }: ToolEnd): readonly string[] =>
    tree.filter(line => paths.some(path => line.startsWith(path)))
/** The exit code and something else. */
export const both = (look: (end: ToolEnd) => unknown) => (end: ToolEnd) => [end.code, look(end)]
