import t from 'tap'
import { planFiles } from './files.ts'

const template = { class: 'WEB', path: 'files/etc/motd/WEB', targetPath: '/etc/motd', executable: false }

const actionOf = (over: Partial<Parameters<typeof planFiles>[0][number]>) =>
  planFiles([{ ...template, ...over }]).value?.configure[0]?.action

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
  const own = ['/etc/apt/sources.list.d/x.list', '/etc/hosts', '/etc/resolv.conf']
  const others = ['/etc/apt-listchanges.conf', '/etc/hosts.allow']
  const { value } = planFiles([...own, ...others].map(targetPath => ({ ...template, targetPath })))
  t.strictSame([...(value?.repository.keys() ?? [])], own)
  t.ok([...(value?.repository.values() ?? [])].every(({ task }) => task === 'repository'))
  t.strictSame(
    value?.configure.map(({ id, task }) => [id, task]),
    others.map(path => [`file.${path}`, 'configure']),
  )
})
