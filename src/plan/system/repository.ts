import { extname } from 'node:path'
import type { ConfigSpace } from '../../model/config-space.ts'
import type { Step } from '../step.ts'
import { planDebMirror } from './deb-mirror.ts'
import { systemStep } from './system-step.ts'

/** What reaching the archives depends on. */
export type RepositoryInput = {
  readonly keyrings: ConfigSpace['keyrings']
  /** The steps of this task that copy files of classes. */
  readonly files: readonly Step[]
  readonly variables: Readonly<Record<string, string>>
}

/** Kept from the installation itself: apt takes what nobody signed. FAI has the same file. */
const UNSIGNED_DROP_IN = '/etc/apt/apt.conf.d/10fai'

/**
 * How the target reaches its archives (task `repository`; fai-semantics.md, section 2.3). Pure. Of each file that of the
 * highest class, and where no class has one, that of this machine; as in FAI, it stays. `FAI_ETC_DIR` is where this
 * machine keeps apt's own two for hosts that it installs.
 */
export const planRepository = ({ keyrings, files, variables }: RepositoryInput): readonly Step[] => {
  const aptFolder = `${variables['FAI_ETC_DIR'] ?? '/etc/fai'}/apt`
  const machineFiles = [
    { from: '/etc/resolv.conf', to: '/etc/resolv.conf' },
    { from: '/etc/hosts', to: '/etc/hosts' },
    { from: `${aptFolder}/sources.list`, to: '/etc/apt/sources.list' },
    { from: `${aptFolder}/preferences`, to: '/etc/apt/preferences' },
  ].filter(({ to }) => !files.some(({ action }) => action.kind === 'copy-file' && action.to === to))
  return [
    ...machineFiles.map(({ from, to }) =>
      systemStep('repository', `repository.${to}`, `copy ${from} of this machine, where there is one`, {
        kind: 'copy-machine-file',
        from,
        to,
      }),
    ),
    ...files,
    ...(variables['FAI_ALLOW_UNSIGNED'] === '1' ? [ALLOW_UNSIGNED] : []),
    ...planKeyrings(keyrings),
    ...planDebMirror(variables),
  ]
}

/** What of it is only for the time of the installation goes (task `finish`). Pure. */
export const planRepositoryCleanup = ({ variables }: Pick<RepositoryInput, 'variables'>): readonly Step[] =>
  variables['FAI_ALLOW_UNSIGNED'] === '1'
    ? [
        systemStep('finish', 'repository.signed', 'have apt ask for signatures again', {
          kind: 'remove-file',
          path: { target: UNSIGNED_DROP_IN },
        }),
      ]
    : []

const ALLOW_UNSIGNED = systemStep('repository', 'repository.unsigned', 'let apt take what nobody signed', {
  kind: 'write-file',
  path: { target: UNSIGNED_DROP_IN },
  content: [
    'APT::Get::AllowUnauthenticated "true";',
    'Acquire::AllowInsecureRepositories "true";',
    'Aptitude::CmdLine::Ignore-Trust-Violations "yes";',
    '',
  ].join('\n'),
  mode: 0o644,
})

/** The archive keys that classes bring. Pure. */
export const planKeyrings = (keyrings: ConfigSpace['keyrings']): readonly Step[] =>
  keyrings.map(({ class: name, path }) => {
    const to = `/etc/apt/trusted.gpg.d/${name}${extname(path)}`
    const action = { kind: 'copy-file', from: path, to, owner: 'root', group: 'root', mode: 0o644 } as const
    const because = [{ class: name, origin: { kind: 'file', path } as const }]
    const id = `repository.key.${name}${extname(path)}`
    return systemStep('repository', id, `trust the archive keys of ${name}`, action, because)
  })
