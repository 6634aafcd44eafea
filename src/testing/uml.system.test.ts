import { createHash } from 'node:crypto'
import t from 'tap'
import { runProgram } from './run-program.ts'
import { withUml } from './uml.ts'

/** Everything that the machine could use to write to the host's root: as it is, mounted anew, and mounted once more. */
const TRY_TO_WRITE = `
tried() { if "$@" 2>/dev/null; then echo "written: $*"; else echo refused; fi >>/run/out/tries; }
tried touch /etc/fai-classes-uml
tried sh -c 'echo x >>/etc/hosts'
mount -o remount,rw /
tried touch /etc/fai-classes-uml
mkdir /run/host && mount -t hostfs none /run/host -o /
tried touch /run/host/etc/fai-classes-uml
tried sh -c 'echo x >>/run/host/etc/hosts'
tried rm /run/host/lib/os-release
`

/** Content of `/etc`, sizes and times of `/lib`. */
const hostDigest = async (): Promise<string> => {
  const script =
    'find /etc -type f -print0 | sort -z | xargs -0 sha256sum; find /etc /lib/ -type f -printf "%p %s %T@\\n" | sort'
  return createHash('sha256')
    .update(await runProgram('sh', ['-c', script]))
    .digest('hex')
}

t.test('the machine reads the root of its host, and writes nothing to it', async t => {
  const before = await hostDigest()
  await withUml({ diskMib: [16], timeoutSeconds: 600 }, async ({ run }) => {
    t.equal(await (await run(TRY_TO_WRITE)).read('tries'), 'refused\n'.repeat(6))
  })
  t.equal(await hostDigest(), before)
})

t.test('its disks keep what was written to them, from boot to boot', async t => {
  await withUml({ diskMib: [16], timeoutSeconds: 600 }, async ({ run }) => {
    await run('echo kept | dd of=/dev/ubda conv=fsync status=none')
    const { read } = await run('head -c 5 /dev/ubda >/run/out/found')
    t.equal(await read('found'), 'kept\n')
  })
})

t.test('a script that fails is told, with what it said', async t => {
  await withUml({ diskMib: [16], timeoutSeconds: 600 }, async ({ run }) => {
    await t.rejects(run('echo "no such luck"; false; echo on'), { message: /no such luck/ })
  })
})
