import { join, resolve } from 'node:path'
import type { CommandModule } from 'yargs'
import type { ImagePlan } from '../image/plan-image.ts'
import { type CommandDeps, complainAll, EXIT, UsageError } from './deps.ts'
import { buildNetbootImage, planNetbootImage } from './image-build.ts'

/** What yargs gives. */
export type ImageArgs = {
  action: 'build'
  config: string | undefined
  output: string
  kernel: string | undefined
  package: string[]
  firmware: string[]
  class: string[]
  level: number
  cache: string
  yes: boolean
}

const LEVELS = { lowest: 1, highest: 19 } as const

/** `image build`: kernel and initrd that machines boot from the network; without `--yes` it says of what. */
export const imageCommand = (deps: CommandDeps): CommandModule<object, ImageArgs> => ({
  command: 'image <action>',
  describe: 'make kernel and initrd that machines boot from the network',
  builder: yargs =>
    yargs
      .positional('action', { choices: ['build'] as const, demandOption: true, describe: 'what to do' })
      .option('config', { type: 'string', describe: 'configuration file' })
      .option('output', {
        type: 'string',
        demandOption: true,
        describe: 'directory that gets vmlinuz, initrd.img and manifest.json',
      })
      .option('kernel', {
        type: 'string',
        describe: 'package of the kernel; linux-image-ARCHITECTURE where absent',
      })
      .option('package', { ...MANY, describe: 'a further package' })
      .option('firmware', { ...MANY, describe: 'a package of firmware, such as firmware-bnx2' })
      .option('class', { ...MANY, describe: 'firmware of this class of image.firmware alone' })
      .option('level', { type: 'number', default: 9, describe: 'of zstd, 1 to 19' })
      .option('cache', {
        type: 'string',
        default: '/var/cache/fai-classes/image',
        describe: 'directory that keeps what does not change with the program',
      })
      .option('yes', { type: 'boolean', default: false, describe: 'make it' }),
  handler: async args => {
    const { level } = args
    if (!Number.isInteger(level) || level < LEVELS.lowest || level > LEVELS.highest)
      throw new UsageError(`--level is a number from ${LEVELS.lowest} to ${LEVELS.highest}`)
    const { value: plan, diagnostics } = await planNetbootImage(args, deps)
    complainAll(deps, diagnostics)
    if (plan === undefined) return deps.setExitCode(EXIT.findings)
    const output = resolve(deps.cwd, args.output)
    if (args.yes) return deps.setExitCode(await buildNetbootImage(plan, output, args, deps))
    for (const line of describeImage(plan, output)) deps.print(line)
    deps.complain('nothing was done; --yes makes it')
  },
})

const MANY = { type: 'string' as const, array: true as const, nargs: 1, default: [] as string[] }

/** What an image would be, for people. */
const describeImage = (
  { archive, kernel, packages, mtimeSeconds, level }: ImagePlan,
  output: string,
): string[] => [
  `${join(output, 'vmlinuz')}: ${kernel}`,
  `${join(output, 'initrd.img')}: zstd level ${level}, all files of ${new Date(mtimeSeconds * 1000).toISOString()}`,
  `packages: ${packages.join(' ')}`,
  ...archive.sources.map(source => `from: ${source}`),
]
