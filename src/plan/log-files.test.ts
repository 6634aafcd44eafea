import t from 'tap'
import { planClassFiles, planVariablesFile } from './log-files.ts'
import { MASK } from './mask-secrets.ts'

const variables = { HOSTNAME: "it's", ROOTPW: 'correct horse' }

t.test('the list, one class a line, and what explains it, secrets masked', async t => {
  const explained = {
    host: 'web01',
    variables: { ROOTPW: { value: 'correct horse', class: 'WEB' }, HOSTNAME: { value: "it's" } },
  }
  const [list, reasons] = planClassFiles({ classes: ['DEFAULT', 'web01', 'LAST'], variables, explained })
  t.match(list, {
    id: 'log.classes',
    task: 'defclass',
    action: {
      kind: 'write-file',
      path: { log: 'FAI_CLASSES' },
      content: 'DEFAULT\nweb01\nLAST\n',
      mode: 0o640,
    },
  })
  t.match(reasons, { task: 'defclass', action: { path: { log: 'classes.json' } } })
  const content = reasons?.action.kind === 'write-file' ? String(reasons.action.content) : ''
  t.strictSame(JSON.parse(content), {
    host: 'web01',
    variables: { ROOTPW: { value: MASK, class: 'WEB' }, HOSTNAME: { value: "it's" } },
  })
})

t.test('a list without variables is explained as it is', async t => {
  const [, reasons] = planClassFiles({ classes: [], variables: {}, explained: { host: 'web01' } })
  t.match(reasons, { action: { content: '{\n  "host": "web01"\n}\n' } })
})

t.test('variables can be read back by a shell, but for secrets', async t => {
  t.match(planVariablesFile(variables), {
    id: 'log.variables',
    task: 'defvar',
    action: { path: { log: 'variables.log' }, content: `HOSTNAME='it'\\''s'\nROOTPW='${MASK}'\n` },
  })
})
