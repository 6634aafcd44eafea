import type { Outcome } from '../diagnostic/diagnostic.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { parseDiskConfig } from '../language/disk-config-parse.ts'
import { type ImageInput, type ImagePlan, planImage } from '../plan/disk/image.ts'
import type { LocalAction, LocalStep, Plan } from '../plan/step.ts'

/** UUIDs that differ from each other and are the same in every run. */
export const countedUuids = (): (() => string) => {
  let count = 0
  return () => `aaaa${(count++).toString(16).padStart(4, '0')}-bbbb-4ccc-8ddd-eeeeeeeeeeee`
}

/** An image planned from the text of a `disk_config` file, on a kernel with ext4 and without vfat. */
export const imagePlanOf = (text: string, input: Partial<ImageInput> = {}): Outcome<ImagePlan> => {
  const { value: diskConfig, diagnostics } = parseDiskConfig(text, 'disk_config/FAIBASE')
  if (diskConfig === undefined) return { value: undefined, diagnostics }
  return planImage({
    diskConfig,
    class: 'FAIBASE',
    origin: { kind: 'option', option: '--image' },
    path: 'web01.img',
    sizeBytes: 4 * 1024 ** 3,
    replace: false,
    memoryBytes: 1024 ** 3,
    newUuid: countedUuids(),
    hasFilesystem: name => name === 'ext4',
    variables: {},
    ...input,
  })
}

/** The value of an outcome; throws what is wrong with it where it has none. */
export const valueFrom = <T>({ value, diagnostics }: Outcome<T>): T => {
  if (value === undefined) throw new Error(diagnostics.map(formatDiagnostic).join('\n'))
  return value
}

/** A plan of web01 that makes an image; `extra` steps stand where the base system would be. */
export const planOf = (
  image: ImagePlan,
  variables: Record<string, string> = {},
  extra: readonly LocalStep[] = [],
): Plan<LocalAction> => ({
  host: 'web01',
  fqdn: 'web01.example.test',
  classes: ['DEFAULT', 'FAIBASE', 'web01', 'LAST'],
  variables,
  diskVariables: image.diskVariables,
  faiAction: 'install',
  configSpace: '/srv/fai/config',
  templates: [],
  steps: [...image.prepare, ...extra, ...image.afterBase, ...image.finish],
})
