import { resolve } from 'node:path'
import { resolveTargetPath } from '../apply/target-path.ts'
import type { World } from './tool.ts'

/** A path that a tool works on. */
export type TargetPlace = {
  /** For messages. */
  readonly shown: string
  /** Where it lies: all links but the last followed as the target reads them. */
  readonly place: string
}

/** A file that a tool works on. */
export type TargetFile = TargetPlace & {
  /** Its place with the last link followed, too: what a program of the target would open. */
  readonly opened: string
}

/**
 * A path below `root`, which is a directory or, where empty or not set, the system as it is and the path may be relative to
 * the current directory.
 */
export const findTargetPlace = async (
  root: string | undefined,
  path: string,
  { cwd }: Pick<World, 'cwd'>,
): Promise<TargetPlace> => ({
  shown: root ? `${root}/${path}`.replace(/\/\/+/g, '/') : path,
  place: await resolveTargetPath(root || '/', root ? path : resolve(cwd, path), 'keep'),
})

/** The same for a file that is opened, whatever links lead to it. */
export const findTargetFile = async (
  root: string | undefined,
  path: string,
  world: Pick<World, 'cwd'>,
): Promise<TargetFile> => ({
  ...(await findTargetPlace(root, path, world)),
  opened: await resolveTargetPath(root || '/', root ? path : resolve(world.cwd, path)),
})
