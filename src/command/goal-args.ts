import type { Argv } from 'yargs'
import { UsageError } from './deps.ts'
import type { Goal } from './make-plan.ts'
import { parseImageSize } from './target-args.ts'

/** Options that say where a host is installed. */
export type GoalArgs = {
  image: string | undefined
  size: string | undefined
  replace: boolean
  target: string | undefined
}

/** Adds those options to a command. */
export const withGoalOptions = <T>(yargs: Argv<T>): Argv<T & GoalArgs> =>
  yargs
    .option('image', {
      type: 'string',
      describe: 'raw disk image to make, in place of the disks of this machine',
    })
    .option('size', { type: 'string', describe: 'its size; 4G where absent' })
    .option('replace', {
      type: 'boolean',
      default: false,
      describe: 'replace an image that is there',
    })
    .option('target', { type: 'string', describe: 'directory at which the new system is mounted' }) as Argv<
    T & GoalArgs
  >

/** Checks them; the first that is wrong is a usage error. `description` is that of another machine. */
export const parseGoal = ({ image, size, replace }: GoalArgs, description?: string): Goal => {
  if (image === undefined) {
    // Who forgets the image must not lose the disks.
    if (size !== undefined || replace)
      throw new UsageError('--size and --replace are options of --image FILE')
    return { kind: 'machine', ...(description === undefined ? {} : { description }) }
  }
  if (description !== undefined) throw new UsageError('--image and --machine exclude each other')
  return { kind: 'image', path: image, sizeBytes: parseImageSize(size ?? '4G'), replace }
}
