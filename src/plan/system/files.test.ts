import t from 'tap'
import { planFiles } from './files.ts'

const template = { class: 'WEB', path: 'files/etc/motd/WEB', targetPath: '/etc/motd', executable: false }

const actionOf = (over: Partial<Parameters<typeof planFiles>[0][number]>) =>
  planFiles([{ ...template, ...over }]).value?.[0]?.action

t.test('without file-modes a file is of root; only the executable bit is kept', async t => {
  t.match(actionOf({}), {
    kind: 'copy-file',
    from: template.path,
    to: '/etc/motd',
    owner: 'root',
    group: 'root',
    mode: 0o644,
  })
  t.match(actionOf({ executable: true }), { owner: 'root', mode: 0o755 })
})

t.test('file-modes decides owner, group and mode', async t => {
  const fileModes = { path: 'files/etc/motd/file-modes', text: 'mail adm 0640 WEB\n' }
  t.match(actionOf({ fileModes }), { owner: 'mail', group: 'adm', mode: 0o640 })
})

t.test('what apt reads is copied before packages come, the rest before the scripts', async t => {
  const { value } = planFiles([template, { ...template, targetPath: '/etc/apt/sources.list.d/x.list' }])
  t.strictSame(
    value?.map(({ task }) => task),
    ['configure', 'repository'],
  )
})
