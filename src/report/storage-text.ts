import { formatStorageWord } from '../plan/disk/steps/format-storage-plan.ts'
import type { StoragePlan } from '../plan/disk/storage-plan.ts'
import { renderBars } from './disk-bars.ts'

/** A plan of the disks for people: bars, what is lost, every step with its command, and the rows of fstab. Pure. */
export const renderStoragePlan = (plan: StoragePlan): string => {
  const { machine, layout, steps, fstab, crypttab, logDirectory } = plan
  const width = String(steps.length).length
  const lines = [
    ...renderBars(machine, layout),
    '',
    `${steps.length} steps`,
    ...steps.flatMap(({ title, argv, destroys }, index) => [
      `  ${String(index + 1).padStart(width)}. ${title}${destroys ? '  (destroys what is there)' : ''}`,
      `  ${' '.repeat(width)}  $ ${argv.map(word => formatStorageWord(word, logDirectory)).join(' ')}`,
    ]),
    ...file('fstab', fstab),
    ...file('crypttab', crypttab),
  ]
  return `${lines.join('\n')}\n`
}

const file = (name: string, text: string): readonly string[] => {
  const rows = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return rows.length === 0 ? [] : ['', name, ...rows.map(row => `  ${row.replaceAll('\t', '  ')}`)]
}
