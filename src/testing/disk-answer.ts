import { readFileSync } from 'node:fs'
import type { ExpectedDisks, SfdiskTable } from './disk-case.ts'

// Differences are lines for people: empty where a result is FAI's.

const TOLERANCE_BYTES = 1024 ** 2

/** What the README of the room `plan` says of a case where ours is not FAI's on purpose. */
export type OwnResult = {
  /** What is done instead; a diagnostic code where the configuration is refused. */
  readonly ours: string
  /** The title of the test that shows what is wrong with FAI's result, empty where FAI trips over form only. */
  readonly shownBy: string
}

/** By the name of the case: the rows of the table in the README of the room `plan`. */
export const OWN_RESULTS: ReadonlyMap<string, OwnResult> = new Map(
  [
    ...readFileSync(new URL('../plan/README.md', import.meta.url), 'utf8').matchAll(
      /^\| (\d+-[\w-]+) \| (.*?) \| (.*?) \| (.*?) \|$/gm,
    ),
  ].map(([, name, ours = '', , shownBy = '']) => [
    `${name}.cfg`,
    { ours: ours.replaceAll('`', ''), shownBy: shownBy === '-' ? '' : shownBy },
  ]),
)

/** The rows of an `fstab`, sorted. Pure. */
export const fstabRows = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .sort()

/** The variables that a `disk_var.sh` sets, as a shell that has none of them reads it. Pure. */
export const shellVariables = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/^(\w+)=(?:\$\{\w+:-"?(.*?)"?\}|"(.*)")$/gm)].map(([, name = '', kept, plain]) => [
      name,
      kept ?? plain ?? '',
    ]),
  )

/** The devices of SWAPLIST sorted: FAI's order is that of a hash, within a disk too, and changes from run to run. Pure. */
export const withSortedSwap = (
  variables: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const { SWAPLIST } = variables
  return SWAPLIST === undefined ? variables : { ...variables, SWAPLIST: SWAPLIST.split(' ').sort().join(' ') }
}

/** The rows and variables that FAI made: of the real run, where there was one. */
export const expectedOutputs = ({ exec, plan }: ExpectedDisks) => {
  const script = exec?.files?.['disk_var.sh']
  return {
    fstab: fstabRows(exec?.files?.fstab ?? plan?.fstab ?? ''),
    variables: withSortedSwap(script === undefined ? (plan?.disk_var ?? {}) : shellVariables(script)),
  }
}

/** Where values differ, as one line; they are compared as JSON. Pure. */
export const difference = (what: string, have: unknown, want: unknown): readonly string[] => {
  const [ours, theirs] = [JSON.stringify(have), JSON.stringify(want)]
  return ours === theirs ? [] : [`${what}: ${ours}, FAI's ${theirs}`]
}

/** The same for places and sizes, which may be 1 MiB apart. Pure. */
export const farDifference = (what: string, have: number | undefined, want: number): readonly string[] =>
  have !== undefined && Math.abs(have - want) <= TOLERANCE_BYTES ? [] : [`${what}: ${have}, FAI's ${want}`]

/** Where two tables as `sfdisk -J` shows them differ in what FAI decides. Pure. */
export const tableDifferences = (
  have: SfdiskTable | undefined,
  want: SfdiskTable | undefined,
): readonly string[] => {
  const [ours, theirs] = [have?.partitions ?? [], want?.partitions ?? []]
  const bytes = (sectors: number) => sectors * (want?.sectorsize ?? 512)
  return [
    ...difference('label', have?.label, want?.label),
    ...difference('sector size', have?.sectorsize, want?.sectorsize),
    ...difference(
      'partitions',
      ours.map(({ node }) => node),
      theirs.map(({ node }) => node),
    ),
    ...theirs.flatMap(row => {
      const mine = ours.find(({ node }) => node === row.node)
      return [
        ...farDifference(`start of ${row.node}`, mine && bytes(mine.start), bytes(row.start)),
        ...farDifference(`size of ${row.node}`, mine && bytes(mine.size), bytes(row.size)),
        ...(['type', 'name', 'bootable', 'attrs'] as const).flatMap(key =>
          difference(`${key} of ${row.node}`, mine?.[key], row[key]),
        ),
      ]
    }),
  ]
}
