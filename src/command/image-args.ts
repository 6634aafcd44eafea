import type { Argv } from 'yargs'
import { UsageError } from './deps.ts'
import type { Goal } from './make-plan.ts'
import { parseImageSize } from './target-args.ts'

/** Options of a disk image. */
export type ImageArgs = { image: string | undefined; size: string; replace: boolean }

/** Adds those options to a command. */
export const withImageOptions = <T>(yargs: Argv<T>): Argv<T & ImageArgs> =>
  yargs
    .option('image', { type: 'string', describe: 'raw disk image to make' })
    .option('size', { type: 'string', default: '4G', describe: 'its size' })
    .option('replace', {
      type: 'boolean',
      default: false,
      describe: 'replace an image that is there',
    }) as Argv<T & ImageArgs>

/** Checks them; the first that is wrong is a usage error. */
export const parseImageGoal = ({ image, size, replace }: ImageArgs): Extract<Goal, { kind: 'image' }> => {
  if (image === undefined) {
    throw new UsageError(
      '--image FILE is missing; installing onto the disks of this machine is not there yet',
    )
  }
  return { kind: 'image', path: image, sizeBytes: parseImageSize(size), replace }
}
