import { chmod, chown, lchown, lstat, lutimes, readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { findId } from '../apply/find-id.ts'
import type { Permissions } from '../apply/replace-file.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { isExecutable, isFile } from '../inspect/folder.ts'
import { type FileMode, parseFileModes } from '../language/file-modes.ts'
import type { FcopyRun, Job } from './fcopy-copy.ts'
import type { World } from './tool.ts'

/** Owner, group and mode of a copy whose `file-modes` says nothing usable of it: its content is shown to nobody. */
const CLOSED: FileMode = { owner: 'root', group: 'root', mode: 0o600 }

/**
 * What a copy of a template is to have.
 *
 *     file-modes beside it   -m, -M   owner, group, mode
 *     line for it            -        as the line says
 *     none, or unreadable    -        root, root, 0600, and a fault
 *     absent                 yes      as the option says
 *     absent                 no       those of the template
 */
export const wantedPermissions = async (
  folder: string,
  className: string,
  run: FcopyRun,
): Promise<Permissions> => {
  const named = (await modeFromFile(folder, className, run)) ?? run.settings.mode
  if (named !== undefined) return toNumbers(named, run)
  const path = join(folder, className)
  const { uid, gid, mode } = await (run.settings.copyLinks ? lstat(path) : stat(path))
  return { uid, gid, mode: mode & 0o7777 }
}

const modeFromFile = async (
  folder: string,
  className: string,
  run: FcopyRun,
): Promise<FileMode | undefined> => {
  const path = join(folder, 'file-modes')
  if (!(await isFile(path))) return undefined
  const { value, diagnostics } = parseFileModes(await readFile(path, 'utf8'), path, className)
  if (value !== undefined) return value
  const [fault] = diagnostics
  run.fail(fault === undefined ? `${path} has no line for ${className}` : formatDiagnostic(fault))
  return CLOSED
}

const toNumbers = async ({ owner, group, mode }: FileMode, run: FcopyRun): Promise<Permissions> => {
  const number = async (kind: 'passwd' | 'group', name: string): Promise<number> => {
    const id = await findNumber(run.settings.target, kind, name, run.world)
    if (id === undefined) run.fail(`"${name}" is not in the ${kind} database of the target, root is taken`)
    return id ?? 0
  }
  return { uid: await number('passwd', owner), gid: await number('group', group), mode }
}

/** From the file of the target; a name that comes from elsewhere (LDAP, sssd) is asked for there. */
const findNumber = async (
  target: string,
  kind: 'passwd' | 'group',
  name: string,
  { env, run }: World,
): Promise<number | undefined> => {
  const id = await findId(target, `/etc/${kind}`, name)
  if (id !== undefined) return id
  const asked = ['getent', kind, name] as const
  const { code, stdout } = await run(target === '/' ? asked : ['chroot', target, ...asked], {
    env,
    read: true,
  })
  const field = stdout.split(':')[2] ?? ''
  return code === 0 && /^[0-9]+$/.test(field) ? Number(field) : undefined
}

/** Gives a file its owner, mode and time of change (undefined: as it is), touching nothing that is right already. */
export const setPermissions = async (
  path: string,
  wanted: Permissions,
  time: Date | undefined,
): Promise<void> => {
  const found = await stat(path)
  if (found.uid !== wanted.uid || found.gid !== wanted.gid) await chown(path, wanted.uid, wanted.gid)
  // After chown, which clears the set-user-ID bit.
  const { mode } = await stat(path)
  if ((mode & 0o7777) !== wanted.mode) await chmod(path, wanted.mode)
  if (time !== undefined && !isSameTime(found.mtime, time)) await utimes(path, time, time)
}

/** The same for a symbolic link, which has no mode. */
export const setLinkOwner = async (path: string, { uid, gid }: Permissions, time: Date): Promise<void> => {
  const found = await lstat(path)
  if (found.uid !== uid || found.gid !== gid) await lchown(path, uid, gid)
  if (!isSameTime(found.mtime, time)) await lutimes(path, time, time)
}

/** To the millisecond, which is what a `Date` holds. */
const isSameTime = (a: Date, b: Date): boolean => a.getTime() === b.getTime()

/** Runs a script beside a template (`preinst`, `postinst`): class and file are its arguments. False where it fails. */
export const runTemplateScript = async (
  script: string,
  className: string,
  path: string,
  { world, fail }: FcopyRun,
): Promise<boolean> => {
  const { code } = await world.run([script, className, path], { env: world.env, cwd: world.cwd })
  if (code !== 0) fail(`${script} ended with exit code ${code}`)
  return code === 0
}

/** Runs `postinst` beside a template that was copied, with the path as the user wrote it. */
export const runPostinst = async ({ folder, className, shown }: Job, run: FcopyRun): Promise<void> => {
  const script = `${folder}/postinst`
  if (await isExecutable(script)) await runTemplateScript(script, className, shown, run)
  else if (run.settings.verbose && (await isFile(script)))
    run.world.complain(`fcopy: ${script} is not executable`)
}
