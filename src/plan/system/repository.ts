import { extname } from 'node:path'
import type { ConfigSpace } from '../../model/config-space.ts'
import type { Step } from '../step.ts'
import { systemStep } from './system-step.ts'

/**
 * How the target reaches its archives (task `repository`): resolver and host table of the build machine, and the keys
 * that classes bring. Pure. As in FAI, resolver and host table stay; a template or a script puts those of the host there.
 */
export const planRepository = (keyrings: ConfigSpace['keyrings']): readonly Step[] => [
  ...['/etc/resolv.conf', '/etc/hosts'].map(path =>
    systemStep('repository', `repository.${path}`, `copy ${path} of this machine`, copy(path, path)),
  ),
  ...planKeyrings(keyrings),
]

/** The archive keys that classes bring. Pure. */
export const planKeyrings = (keyrings: ConfigSpace['keyrings']): readonly Step[] =>
  keyrings.map(({ class: name, path }) =>
    systemStep(
      'repository',
      `repository.key.${name}${extname(path)}`,
      `trust the archive keys of ${name}`,
      copy(path, `/etc/apt/trusted.gpg.d/${name}${extname(path)}`),
      [{ class: name, origin: { kind: 'file', path } }],
    ),
  )

const copy = (from: string, to: string) =>
  ({ kind: 'copy-file', from, to, owner: 'root', group: 'root', mode: 0o644 }) as const
