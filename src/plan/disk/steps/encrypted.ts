import type { EncryptedLayout } from '../layout.ts'
import type { StorageStep, StorageWord } from '../storage-plan.ts'
import { type Draft, optionWords, storageStep } from './draft.ts'

/** The mappings, and the text of `crypttab`. */
export type EncryptedSteps = { readonly steps: readonly StorageStep[]; readonly crypttab: string }

/**
 * The steps that encrypt devices and open them, each with a new key. A LUKS without passphrase gets a key file in the
 * log directory, which stays there: FAI deletes it, and then nothing opens the device again. Pure.
 */
export const encryptedSteps = (draft: Draft): EncryptedSteps => {
  const { encrypted } = draft.layout
  return {
    steps: encrypted.flatMap(mapping => [
      ...fillRandom(draft, mapping),
      ...(mapping.volume.kind === 'luks' ? luksSteps(draft, mapping) : [openPlain(draft, mapping)]),
    ]),
    crypttab: encrypted.map(mapping => `${crypttabRow(draft, mapping)}\n`).join(''),
  }
}

const crypttabRow = ({ logDirectory }: Draft, { name, on, volume }: EncryptedLayout): string => {
  if (volume.kind !== 'luks') return [name, on, '/dev/urandom', volume.kind].join('\t')
  const key = volume.passphrase === undefined ? `${logDirectory}/${name}` : 'none'
  return [name, on, key, 'luks,discard'].join('\t')
}

const fillRandom = (draft: Draft, { on, volume }: EncryptedLayout): readonly StorageStep[] =>
  !volume.randomFill
    ? []
    : [
        storageStep(draft, 'fill-random', on, {
          title: `fill ${on} with random octets`,
          argv: ['shred', '--iterations=1', on],
          needs: deviceNeeds(on),
          provides: [`random:${on}`],
          destroys: true,
        }),
      ]

const deviceNeeds = (device: string): readonly string[] => [
  `device:${device}`,
  `cleared:${device}`,
  `wiped:${device}`,
]

const KEY_BYTES = 2048

const luksSteps = (draft: Draft, mapping: EncryptedLayout): readonly StorageStep[] => {
  const { name, device, on, volume } = mapping
  const { passphrase } = volume
  const uuid = draft.newUuid()
  const stdin: { stdin?: StorageWord } = passphrase === undefined ? {} : { stdin: { secret: passphrase } }
  const key: StorageWord = passphrase === undefined ? { log: name } : '-'
  const open = ['cryptsetup', 'open', '--type', 'luks', '--key-file', key, on, name]
  const makeKey = storageStep(draft, 'make-key', on, {
    title: `make the key file of ${name}`,
    argv: ['head', `--bytes=${KEY_BYTES}`, '/dev/urandom'],
    stdout: { log: name },
    provides: [`key:${name}`],
  })
  return [
    ...(passphrase === undefined ? [makeKey] : []),
    storageStep(draft, 'format-encrypted', on, {
      title: `encrypt ${on} (LUKS)`,
      argv: [
        ...['cryptsetup', 'luksFormat', '--batch-mode', '--uuid', uuid],
        ...optionWords(draft, volume.luksOptions, volume.origin),
        ...['--key-file', key, on],
      ],
      ...stdin,
      needs: [...deviceNeeds(on), `random:${on}`, `key:${name}`],
      provides: [`luks:${on}`],
      destroys: true,
      expects: { kind: 'content', device: on, type: 'crypto_LUKS' },
    }),
    storageStep(draft, 'open-encrypted', device, {
      title: `open ${on} as ${name}`,
      argv: open,
      ...stdin,
      needs: [`luks:${on}`, `removed:${device}`],
      provides: [`device:${device}`],
      expects: { kind: 'device', device },
      recover: [closeCommand(name)],
      runtime: { up: open, down: closeCommand(name) },
    }),
  ]
}

/** Swap and /tmp get another key at each boot, and the first one now. */
const openPlain = (draft: Draft, { name, device, on, volume }: EncryptedLayout): StorageStep => {
  const argv = [
    ...['cryptsetup', 'open', '--type', 'plain', '--key-file', '/dev/urandom'],
    ...optionWords(draft, volume.luksOptions, volume.origin),
    ...[on, name],
  ]
  return storageStep(draft, 'open-encrypted', device, {
    title: `open ${on} as ${name} with a random key`,
    argv,
    needs: [...deviceNeeds(on), `random:${on}`, `removed:${device}`],
    provides: [`device:${device}`],
    destroys: true,
    expects: { kind: 'device', device },
    recover: [closeCommand(name)],
    runtime: { up: argv, down: closeCommand(name) },
  })
}

const closeCommand = (name: string): readonly string[] => ['cryptsetup', 'close', name]
