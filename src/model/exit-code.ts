/** What timeout(1) says of a program that did not end in time. */
export const TIMED_OUT = 124

/** What a shell says of a program that it finds but cannot execute. */
const NOT_EXECUTABLE = 126
/** What a shell says of a program that it does not find. */
const NOT_FOUND = 127

/** The exit code that a shell would give for a program that could not be started, by the system's error code. Pure. */
export const notStartedCode = (errorCode: string): number =>
  errorCode === 'EACCES' ? NOT_EXECUTABLE : NOT_FOUND
