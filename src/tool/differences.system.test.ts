import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rowsOf } from '../testing/readme.ts'
import { ROOT } from '../testing/test-files.ts'
import { TOOL_DIFFERENCES } from '../testing/tool-differences.ts'
import { callTool } from '../testing/tool-pair.ts'

const readme = readFileSync(join(ROOT, 'src/tool/README.md'), 'utf8')
/** Tool and case of each row. */
const rows = rowsOf(readme, 'differences').map(([tool = '', name]) => `${tool.replaceAll('`', '')}: ${name}`)

t.test('README lists the cases in which a tool differs, and no other', async t => {
  t.strictSame(rows.toSorted(), Object.keys(TOOL_DIFFERENCES).sort())
})

for (const [name, { call, look, fai, ours }] of Object.entries(TOOL_DIFFERENCES)) {
  t.test(name, async t => {
    const [theirs, own] = await Promise.all([callTool('fai', call), callTool('ours', call)])
    t.strictSame(look(theirs), fai, "FAI's", { stderr: theirs.stderr })
    t.strictSame(look(own), ours, 'ours', { stderr: own.stderr })
  })
}
