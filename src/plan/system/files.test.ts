import t from 'tap'
import { planFiles } from './files.ts'

const LIST = '/etc/apt/sources.list.d/shop.list'
const template = { class: 'WEB', path: `files${LIST}/WEB`, targetPath: LIST, executable: false }

const actionOf = (over: Partial<Parameters<typeof planFiles>[0][number]>) =>
  planFiles([{ ...template, ...over }]).value?.[0]?.action

t.test('without file-modes a file is of root; only the executable bit is kept', async t => {
  t.match(actionOf({}), {
    kind: 'copy-file',
    from: template.path,
    to: LIST,
    owner: 'root',
    group: 'root',
    mode: 0o644,
  })
  t.match(actionOf({ executable: true }), { owner: 'root', mode: 0o755 })
})

t.test('file-modes decides owner, group and mode', async t => {
  const fileModes = { path: 'files/file-modes', text: 'mail adm 0640 WEB\n' }
  t.match(actionOf({ fileModes }), { owner: 'mail', group: 'adm', mode: 0o640 })
})

t.test('what apt reads is copied before packages come, the rest is left to scripts', async t => {
  const own = [LIST, '/etc/hosts', '/etc/resolv.conf']
  const others = ['/etc/apt-listchanges.conf', '/etc/hosts.allow', '/etc/motd']
  const { value } = planFiles([...own, ...others].map(targetPath => ({ ...template, targetPath })))
  t.match(
    value,
    own.map(to => ({ task: 'repository', action: { to } })),
  )
  t.equal(value?.length, own.length)
})
