import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { installWithFai, installWithOurs, LIMIT_SECONDS, machineArchive } from '../testing/example-system.ts'
import { compareWithKnown, findDifferences, readKnownDifferences } from '../testing/known-differences.ts'
import { ROOT } from '../testing/test-files.ts'

t.setTimeout((LIMIT_SECONDS + 40) * 1000)

const directory = await mkdtemp(join(tmpdir(), 'fai-classes-parity-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const { debootstrap } = await machineArchive()
const [fai, ours] = await Promise.all([
  installWithFai(directory, debootstrap),
  installWithOurs(directory, debootstrap),
])
const readme = await readFile(join(ROOT, 'src/install/README.md'), 'utf8')

t.test("the example of FAI is installed, as it is, by Debian's fai and by this", async t => {
  t.equal(ours.end.code, 0, 'ours ends with 0', { stderr: ours.end.stderr })
  t.match(fai.end.stdout, /^FAI finished at: /m, "FAI's gets to its end", { stderr: fai.end.stderr })
})

t.test('each of its hooks and scripts ends well, and they are those that FAI runs', async t => {
  t.strictSame(
    ours.status.filter(line => !/ OK\.$/.test(line)),
    [],
  )
  t.strictSame(ours.status.map(scriptOf).toSorted(), fai.status.map(scriptOf).toSorted())
})

const scriptOf = (line: string): string => line.split(/\s/)[0] ?? ''

for (const part of ['packages', 'etc'] as const) {
  t.test(`${part}: the table in the README has what differs, and nothing else`, async t => {
    const known = readKnownDifferences(readme, part)
    const { unnamed, idle } = compareWithKnown(findDifferences(fai[part], ours[part]), known)
    t.strictSame(unnamed, [], 'no difference that it does not name')
    t.strictSame(idle, [], 'no row that names none')
    t.ok(
      known.every(({ why }) => why !== ''),
      'each row has its reason',
    )
  })
}
