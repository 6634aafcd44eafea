import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../testing/test-files.ts'
import { TOOL_DIFFERENCES } from '../testing/tool-differences.ts'
import { callTool } from '../testing/tool-pair.ts'

/** Tool and case of each row of the table in the README of this room. */
const readRows = (): readonly string[] => {
  const readme = readFileSync(join(ROOT, 'src/tool/README.md'), 'utf8')
  const table = /<!-- differences -->\n(.*?)<!-- end of differences -->/s.exec(readme)?.[1] ?? ''
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map(line => {
      const [, tool = '', name = ''] = line.split('|')
      return `${tool.replaceAll('`', '').trim()}: ${name.trim()}`
    })
}

t.test('README lists the cases in which a tool differs, and no other', async t => {
  t.strictSame(readRows().toSorted(), Object.keys(TOOL_DIFFERENCES).sort())
})

for (const [name, { call, look, fai, ours }] of Object.entries(TOOL_DIFFERENCES)) {
  t.test(name, async t => {
    const [theirs, own] = await Promise.all([callTool('fai', call), callTool('ours', call)])
    t.strictSame(look(theirs), fai, "FAI's", { stderr: theirs.stderr })
    t.strictSame(look(own), ours, 'ours', { stderr: own.stderr })
  })
}
