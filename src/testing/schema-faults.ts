import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { ROOT } from './golden.ts'

/** What is wrong with a JSON text by `schema/NAME.schema.json`, which must stand by itself; empty where nothing is. */
export const schemaFaults = async (name: string, text: string): Promise<string> => {
  const schema = JSON.parse(await readFile(join(ROOT, `schema/${name}.schema.json`), 'utf8'))
  const validate = new Ajv2020({ strictTypes: false, strictRequired: false }).compile(schema)
  return validate(JSON.parse(text)) ? '' : JSON.stringify(validate.errors)
}
