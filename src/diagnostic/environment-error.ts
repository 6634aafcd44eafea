/**
 * The environment lacks something, such as root or a program, and no edit of the operator's data would mend that. Ends
 * the command with exit code 3.
 */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}
