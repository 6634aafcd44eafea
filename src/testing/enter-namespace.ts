/**
 * Words in front of a command that runs in a network namespace. Not `ip netns exec`: that gives the command mounts of its own, and
 * whatever is mounted at that moment, such as the image of an installation in another test, stays in use until it ends.
 */
export const enterNamespace = (name: string): readonly [string, ...string[]] => [
  'nsenter',
  `--net=/run/netns/${name}`,
]
