import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { matchGolden, ROOT } from '../testing/golden.ts'
import { parseStorage, storageJsonSchema } from './storage-schema.ts'

const MACHINE = 'fixtures/disks/machine.json'

t.test('schema/disks-machine.schema.json is what the program accepts', async t => {
  const schema = `${JSON.stringify(storageJsonSchema(), undefined, 2)}\n`
  await matchGolden(t, 'schema/disks-machine.schema.json', schema)
})

t.test('a description is read as it stands', async t => {
  const text = await readFile(join(ROOT, MACHINE), 'utf8')
  t.strictSame(parseStorage(text, MACHINE), { value: JSON.parse(text), diagnostics: [] })
})

const rows: Readonly<Record<string, RegExp>> = {
  '': /^config-invalid Unexpected end of JSON input$/,
  '[]': /^config-invalid the file: Invalid input$/,
  '{"memoryBytes":-1,"disks":[],"arrays":[],"volumeGroups":[],"encrypted":[]}':
    /^config-invalid memoryBytes: Invalid input$/,
  '{"memoryBytes":1,"disks":[{"name":"sda"}],"arrays":[],"volumeGroups":[],"encrypted":[]}':
    /^config-invalid disks\.0\.device: Invalid input$/,
}

for (const [text, want] of Object.entries(rows)) {
  t.test(`refused: ${text || 'an empty file'}`, async t => {
    const { value, diagnostics } = parseStorage(text, 'm.json')
    t.equal(value, undefined)
    t.match(`${diagnostics[0]?.code} ${diagnostics[0]?.message}`, want)
    t.strictSame(diagnostics[0]?.origin, { kind: 'file', path: 'm.json' })
  })
}
