import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openBootClient, post, SCRIPT, tokenIn, tokenOf } from '../../testing/boot-client.ts'
import { WEB01, WEB01_MAC } from '../../testing/boot-site.ts'

t.test('a host that was never armed boots its disk', async t => {
  const { site, ask } = await openBootClient(t)
  const answer = await ask(SCRIPT)
  t.equal(answer.status, 200)
  t.match(await answer.text(), /^#!ipxe\n# web01.example.test: local\n/)
  t.strictSame(site.log, [`http 192.0.2.11 GET served ${SCRIPT} 200 web01.example.test: local`])
})

t.test('an armed one is installed by a token of 32 octets, another one each time', async t => {
  const client = await openBootClient(t)
  const [one, two] = [await tokenOf(client), await tokenOf(client)]
  t.match(one, /^[A-Za-z0-9_-]{43}$/)
  t.not(one, two)
  const files = await readdir(join(client.site.directory, 'state/boot', WEB01.fqdn))
  for (const file of files) {
    const text = await readFile(join(client.site.directory, 'state/boot', WEB01.fqdn, file), 'utf8')
    t.notOk(text.includes(one) || text.includes(two), 'no token is stored')
  }
})

t.test('HEAD of a script makes no token and changes nothing', async t => {
  const client = await openBootClient(t)
  const token = await tokenOf(client)
  const head = await client.ask(SCRIPT, { method: 'HEAD' })
  t.equal(await head.text(), '')
  const got = await client.ask('/install', post(token, { facts: [] }))
  t.equal(got.status, 200, 'the token before it still holds')
  await client.site.wish('install')
  const get = await client.ask(SCRIPT)
  t.equal(head.headers.get('content-length'), get.headers.get('content-length'))
})

t.test('a script is given to who holds the address of that MAC, and to nobody else', async t => {
  const { site, ask } = await openBootClient(t)
  await site.wish('install')
  t.equal((await ask(SCRIPT, { from: '192.0.2.99' })).status, 403)
  t.equal((await ask(SCRIPT, { from: '192.0.2.50' })).status, 403, 'an address without a lease')
  t.equal((await site.store.read(WEB01.fqdn)).token, undefined)
  t.match(
    site.log[0],
    /^http 192\.0\.2\.99 GET refused .* 403 192\.0\.2\.99 is not the address of 52:54:00:00:00:01$/,
  )
})

t.test('where no leases are known, the token is for who asks', async t => {
  const { site, ask } = await openBootClient(t, { leases: undefined })
  await site.wish('install')
  const text = await (await ask(SCRIPT, { from: '::ffff:192.0.2.50' })).text()
  const token = tokenIn(text)
  t.equal((await ask('/install', post(token, { facts: [] }))).status, 403)
  t.equal((await ask('/install', post(token, { facts: [] }, '192.0.2.50'))).status, 200)
})

t.test('a machine that nobody knows: 404, or the image that says what it is', async t => {
  const unknown = '/boot/52-54-00-00-00-99.ipxe'
  const from = '192.0.2.99'
  t.equal((await (await openBootClient(t)).ask(unknown, { from })).status, 404)
  const { ask } = await openBootClient(t, { unknownHosts: 'discover' })
  t.match(await (await ask(unknown, { from })).text(), /FAI_ACTION=inventory .*BOOTIF=01-52-54-00-00-00-99/)
})

t.test('a source or a state that cannot be read: 503, and no script', async t => {
  const { site, ask } = await openBootClient(t, { leases: undefined })
  const unread = await ask('/boot/52-54-00-00-00-ff.ipxe')
  t.equal(unread.status, 503)
  t.equal(await unread.text(), 'no server answers\n')
  await mkdir(join(site.directory, 'state/boot', WEB01.fqdn), { recursive: true })
  await writeFile(join(site.directory, 'state/boot', WEB01.fqdn, '1'), '{')
  const damaged = await ask(SCRIPT)
  t.equal(damaged.status, 503)
  t.match(await damaged.text(), 'is not what was written')
})

t.test('GRUB has the same script, over TFTP by the address or the MAC in the name', async t => {
  const { site, ask } = await openBootClient(t)
  await site.wish('rescue')
  const overHttp = await (await ask('/boot/52-54-00-00-00-01.grub')).text()
  t.match(overHttp, /^# web01.example.test: rescue\nlinux \/vmlinuz .*FAI_ACTION=sysinfo/)
  const { generated } = site.options.scripts
  for (const name of ['grub/grub.cfg', '/grub/grub.cfg', 'grub/grub.cfg-01-52-54-00-00-00-01'])
    t.equal((await generated(name, '192.0.2.11'))?.toString(), overHttp, name)
  t.equal(await generated('grub/grub.cfg-01-52-54-00-00-00-01', '192.0.2.99'), undefined)
  t.equal(
    await generated('grub/grub.cfg', '192.0.2.99'),
    undefined,
    'unknown: a file of the root may have it',
  )
  t.equal(await generated('grub/grub.cfg', '192.0.2.50'), undefined)
  t.equal(await generated('grub/fonts/unicode.pf2', '192.0.2.11'), undefined)
})

t.test('where it cannot be said what a machine boots, GRUB boots the disk and does not wait', async t => {
  const { site } = await openBootClient(t, { leases: undefined })
  const text = await site.options.scripts.generated('grub/grub.cfg-01-52-54-00-00-00-ff', '192.0.2.11')
  t.match(text?.toString(), /^# it cannot be said .*\nif \[/)
  t.strictSame(site.log, ['boot 192.0.2.11 GRUB failed no server answers'])
})

t.test('the inventory of a machine that nobody knows is kept, of a known one not', async t => {
  const { site, ask } = await openBootClient(t, { unknownHosts: 'discover' })
  const put = (mac: string, from: string, body = 'cpu: x') =>
    ask(`/discover/${mac}`, { method: 'PUT', body, from })
  t.equal((await put('52-54-00-00-00-99', '192.0.2.99')).status, 204)
  t.equal(await readFile(join(site.directory, 'state/discovered/52-54-00-00-00-99'), 'utf8'), 'cpu: x')
  t.equal((await put('52-54-00-00-00-99', '192.0.2.11')).status, 403)
  t.equal((await put(WEB01_MAC, '192.0.2.11')).status, 409)
  t.equal((await put('52-54-00-00-00-99', '192.0.2.99', 'x'.repeat(2 ** 20 + 1))).status, 413)
  t.equal((await put('none', '192.0.2.99')).status, 404)
  const ignoring = await openBootClient(t)
  t.equal(
    (await ignoring.ask('/discover/52-54-00-00-00-99', { method: 'PUT', from: '192.0.2.99' })).status,
    404,
  )
})
