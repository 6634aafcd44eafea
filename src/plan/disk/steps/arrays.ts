import type { ArrayLayout } from '../layout.ts'
import type { StorageStep } from '../storage-plan.ts'
import { type Draft, optionWords, storageStep } from './draft.ts'
import { arraysToRestart } from './teardown.ts'

/** The arrays, and what `mdadm.conf` says of them. */
export type ArraySteps = { readonly steps: readonly StorageStep[]; readonly mdadmConf: string }

/** The steps that make new arrays and start kept ones; one that runs under its name already stays as it is. Pure. */
export const arraySteps = (draft: Draft): ArraySteps => {
  const restarted = arraysToRestart(draft)
  const made = draft.layout.arrays.map(array => {
    const { kept, device } = array
    if (kept === undefined) return createArray(draft, array)
    const line = kept.uuid === undefined ? [] : [`ARRAY ${device} UUID=${arrayUuid(kept.uuid)}`]
    return {
      steps: kept.isRunning && !restarted.includes(kept) ? [] : [assembleArray(draft, array)],
      lines: line,
    }
  })
  const lines = made.flatMap(each => each.lines)
  return {
    steps: made.flatMap(each => each.steps),
    mdadmConf: lines.length === 0 ? '' : `${['HOMEHOST <system>', ...lines].join('\n')}\n`,
  }
}

/** mdadm writes a UUID as four words of eight digits. */
const arrayUuid = (uuid: string): string =>
  (
    uuid
      .replaceAll(/[^0-9a-f]/gi, '')
      .toLowerCase()
      .match(/.{8}/g) ?? []
  ).join(':')

type Made = { readonly steps: readonly StorageStep[]; readonly lines: readonly string[] }

const createArray = (draft: Draft, { device, members, spares, volume }: ArrayLayout): Made => {
  const uuid = arrayUuid(draft.newUuid())
  const step = storageStep(draft, 'create-array', device, {
    title: `create the raid${volume.level} array ${device} of ${members.length} devices`,
    argv: [
      'mdadm',
      '--create',
      device,
      '--run',
      '--force',
      `--level=raid${volume.level}`,
      `--uuid=${uuid}`,
      ...optionWords(draft, volume.arrayOptions, volume.origin),
      `--raid-devices=${members.length}`,
      ...(spares.length === 0 ? [] : [`--spare-devices=${spares.length}`]),
      ...members,
      ...spares,
    ],
    stdin: 'y\n',
    needs: [`removed:${device}`, ...memberNeeds([...members, ...spares])],
    provides: [`device:${device}`],
    destroys: true,
    expects: { kind: 'device', device },
    recover: [stopCommand(device)],
    runtime: { up: assembleCommand(device, [...members, ...spares]), down: stopCommand(device) },
  })
  return { steps: [step], lines: [`ARRAY ${device} UUID=${uuid}`] }
}

const assembleArray = (draft: Draft, { device, kept }: ArrayLayout): StorageStep => {
  const members = [...(kept?.members ?? []), ...(kept?.spares ?? [])].filter(member => member.startsWith('/'))
  const argv = assembleCommand(device, members)
  return storageStep(draft, 'assemble-array', device, {
    title: `start the kept array ${device}`,
    argv,
    needs: [`removed:${kept?.device}`, `removed:${device}`, ...memberNeeds(members)],
    provides: [`device:${device}`],
    expects: { kind: 'device', device },
    recover: [stopCommand(device)],
    runtime: { up: argv, down: stopCommand(device) },
  })
}

const assembleCommand = (device: string, members: readonly string[]): readonly string[] => [
  ...['mdadm', '--assemble', '--run', device],
  ...members.filter(member => member !== 'missing'),
]

const stopCommand = (device: string): readonly string[] => ['mdadm', '--stop', device]

const memberNeeds = (members: readonly string[]): readonly string[] =>
  members.filter(member => member !== 'missing').flatMap(member => [`device:${member}`, `wiped:${member}`])
