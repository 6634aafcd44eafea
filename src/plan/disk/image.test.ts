import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { matchGolden, ROOT } from '../../testing/golden.ts'
import { imagePlanOf, planOf, valueFrom } from '../../testing/image-plan.ts'
import { formatPlan, formatPlanJson, formatWord } from '../format-plan.ts'
import { renderSfdiskScript } from './image-table.ts'
import { renderDiskVariables } from './variables.ts'

const FIXTURES = 'fixtures/disk'
const variables = { ROOT_UUID: '0a1b2c3d-1111-4222-8333-444455556666', ROOTPW: 'correct horse' }
const folders = readdirSync(join(ROOT, FIXTURES))

for (const folder of folders) {
  t.test(`the plan of ${folder}`, async t => {
    const text = readFileSync(join(ROOT, FIXTURES, folder, 'disk_config'), 'utf8')
    const image = valueFrom(imagePlanOf(text, { variables, saveLogsTo: '/var/log/fai/web01/install' }))
    const at = (file: string) => `${FIXTURES}/${folder}/${file}`
    await matchGolden(t, at('plan.txt'), formatPlan(planOf(image, variables)))
    await matchGolden(t, at('fstab'), image.fstab)
    await matchGolden(
      t,
      at('disk_var.sh'),
      [renderDiskVariables(image.diskVariables)].flat().map(formatWord).join(''),
    )
    await matchGolden(t, at('table.sfdisk'), renderSfdiskScript(image.table))
  })
}

const GPT = 'disk_config disk1 disklabel:gpt\n'
const ROOT_LINE = 'primary / 1G ext4 rw\n'

const refused: Record<string, { text: string; want: string[] }> = {
  'no root file system': { text: `${GPT}primary /srv 1G ext4 rw\n`, want: ['root-filesystem-missing'] },
  'two disks': {
    text: `${GPT}${ROOT_LINE}disk_config disk2\nprimary /srv 1G ext4 rw\n`,
    want: ['disk-not-found'],
  },
  'only the second disk': { text: `disk_config disk2\n${ROOT_LINE}`, want: ['disk-not-found'] },
  'no disk': { text: 'disk_config tmpfs\ntmpfs /tmp 1G rw\n', want: ['disk-not-found'] },
  'an image that is too small': { text: `${GPT}primary / 5G ext4 rw\n`, want: ['disk-too-small'] },
  'a file system that the kernel lacks': {
    text: `${GPT}primary / 1G xfs rw\n`,
    want: ['filesystem-unsupported'],
  },
  'all at once': {
    text: `${GPT}primary /srv 1G xfs rw createopts="-L $NAME"\n`,
    want: ['root-filesystem-missing', 'filesystem-unsupported', 'variable-unset'],
  },
}

for (const [name, { text, want }] of Object.entries(refused)) {
  t.test(`${name}: refused`, async t => {
    const { value, diagnostics } = imagePlanOf(text)
    t.equal(value, undefined)
    t.strictSame(
      diagnostics.map(({ code }) => code),
      want,
    )
  })
}

t.test('a kernel with vfat mounts the ESP, one without has it filled at the end', async t => {
  const text = `${GPT}primary /boot/efi 100 vfat umask=0077\n${ROOT_LINE}`
  const kinds = (hasVfat: boolean) => {
    const hasFilesystem = (name: string) => name === 'ext4' || hasVfat
    const { prepare, finish } = valueFrom(imagePlanOf(text, { hasFilesystem }))
    return [...prepare, ...finish].flatMap(({ id, action }) => (id.includes('/boot/efi') ? action.kind : []))
  }
  t.strictSame(kinds(true), ['mount'])
  t.strictSame(kinds(false), ['make-directory', 'fill-vfat'])
})

t.test('a disk by its name is the image too', async t => {
  t.ok(imagePlanOf(`disk_config /dev/vda\n${ROOT_LINE}`).value)
})

t.test('the same input gives the same plan, and every id stands once', async t => {
  const plan = () => valueFrom(imagePlanOf(`${GPT}${ROOT_LINE}primary swap 100 swap sw\n`))
  t.strictSame(plan(), plan())
  const ids = planOf(plan()).steps.map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length)
})

t.test('secrets are in no form of a plan', async t => {
  const plan = planOf(valueFrom(imagePlanOf(`${GPT}${ROOT_LINE}`)), variables, [
    {
      id: 'password',
      task: 'instsoft',
      title: 'set the password correct horse',
      because: [],
      destroys: false,
      action: {
        kind: 'run',
        argv: ['usermod', '-p', '$6$salt$abcdefghijklmnop', 'root'],
        stdin: 'root:correct horse\n',
      },
    },
  ])
  for (const text of [formatPlan(plan), formatPlanJson(plan)]) {
    t.notMatch(text, 'correct horse')
    t.notMatch(text, 'abcdefghijklmnop')
    t.match(text, 'XXXXXXXXXXXXX')
  }
  t.equal(JSON.parse(formatPlanJson(plan)).variables.ROOTPW, 'XXXXXXXXXXXXX')
})

t.test('sfdisk is told of FAT16 with a small e, for a capital one is "extended" to it', async t => {
  const row = { number: 1, startSector: 2048, sizeSectors: 2048, type: 'E', active: false }
  const script = renderSfdiskScript({ format: 'dos', id: '0x1', sectorBytes: 512, partitions: [row] })
  t.match(script, /^1 : start=2048, size=2048, type=e$/m)
})
