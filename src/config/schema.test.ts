import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { parse } from 'yaml'
import { matchGolden } from '../testing/golden.ts'
import { configJsonSchema } from './schema.ts'

t.test('schema/config.schema.json is what the program accepts', async t => {
  await matchGolden(t, 'schema/config.schema.json', `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`)
})

t.test('the schema, read by another program, accepts a whole file and refuses an unknown key', async t => {
  const validate = new Ajv2020().compile(configJsonSchema() as object)
  t.ok(validate(parse('sources: [{ kind: deps, path: class }]\nresolution: { hostClass: none }')))
  t.notOk(validate(parse('sources: [{ kind: deps, path: class, paht: x }]')))
})
