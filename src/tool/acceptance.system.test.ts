import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { callTool } from '../testing/tool-pair.ts'

// The tests that Debian's package of FAI runs on its own tools, cases 2 and 3 of fai-semantics.md, section 8.2. Ours are
// started as scripts start them.

const SPACE = '/usr/share/doc/fai-doc/examples/simple'

t.test('fcopy of /etc/rc.local: no class has a template, exit 1; the later of two classes wins', async t => {
  const call = (classes: string) => ({
    tool: 'fcopy',
    args: ['-s', join(SPACE, 'files'), '-t', '@/target', '-c', classes, '/etc/rc.local'],
    tree: {},
  })
  const none = await callTool('executable', call('DEBIAN,DEMO'))
  t.equal(none.code, 1)
  t.strictSame(none.tree, ['target/ 755 0:0'])

  const { code, tree } = await callTool('executable', call('FAISERVER,CLOUD'))
  t.equal(code, 0)
  const wanted = JSON.stringify(readFileSync(join(SPACE, 'files/etc/rc.local/CLOUD'), 'latin1'))
  t.match(tree, [/^target\/ /, /^target\/etc\/ /, `target/etc/rc.local 755 0:0 new ${wanted}`])
})

t.test('ainsl, fai-sed and fai-link, one after the other, by a script under dash', async t => {
  const script = `#!/bin/dash
set -e
export AINSL_TARGET=@/target target=@/target
for line in "first line" "first line" "second line" "first line"; do ainsl -a /tmp/lines "$line"; done
cp @/target/tmp/lines @/target/tmp/kept
fai-sed s/first/other/ /tmp/lines
fai-sed s/first/other/ /tmp/lines
fai-link /tmp/link lines
fai-link /tmp/link lines
`
  const { code, stdout, tree } = await callTool('script', {
    tool: '@/script',
    args: [],
    tree: { script: { text: script, mode: 0o755 } },
  })
  t.equal(code, 0)
  t.match(stdout, [/File changed\.$/, /No changes\.$/])
  const kept = /^target\/tmp\/kept .* (".*")$/m.exec(tree.join('\n'))?.[1] ?? '""'
  t.equal(createHash('md5').update(JSON.parse(kept)).digest('hex'), '7565a01bd35f31ba82ab55c978c1b755')
  t.ok(tree.includes('target/tmp/link -> lines 0:0'))
})
