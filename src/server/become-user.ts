import { EnvironmentError } from '../diagnostic/environment-error.ts'

/** A user of this machine. */
export type User = {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** Of all groups that it is in. */
  readonly groups: readonly number[]
}

/** Parses a line of passwd(5); undefined where it is none. Pure. */
export const parsePasswdLine = (line: string): Omit<User, 'groups'> | undefined => {
  const match = /^([^:]+):[^:]*:(\d+):(\d+):/.exec(line)
  return match?.[1] === undefined
    ? undefined
    : { name: match[1], uid: Number(match[2]), gid: Number(match[3]) }
}

/** Makes this process one of `user` for good. Takes root. */
export const becomeUser = ({ name, uid, gid, groups }: User): void => {
  process.setgroups?.([...groups])
  process.setgid?.(gid)
  process.setuid?.(uid)
  if (process.getuid?.() !== uid || process.geteuid?.() !== uid) {
    throw new EnvironmentError(`cannot become the user ${name}`)
  }
}
