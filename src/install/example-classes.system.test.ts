import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeRunner, searchPath } from '../apply/runner.ts'
import { runInProcess } from '../testing/command-run.ts'
import { EXAMPLE } from '../testing/example-system.ts'
import { runToEnd } from '../testing/run-program.ts'
import { withFiles } from '../testing/site-files.ts'
import { ROOT } from '../testing/test-files.ts'
import { runClassScripts } from './class-scripts.ts'
import { runVariables } from './run-variables.ts'
import { openShell } from './shell.ts'

const DEMO = 'FAIBASE DEBIAN DEMO'

/** What FAI's example gives these hosts (fai-semantics.md, section 1.13), without the classes of the machine. */
const HOSTS: Readonly<Record<string, string>> = {
  demohost: DEMO,
  client07: DEMO,
  web01: DEMO,
  faiserver: `${DEMO} FAISERVER`,
  xfcehost: `${DEMO} XORG XFCE LVM`,
  gnomehost: `${DEMO} XORG GNOME`,
  ubuntuhost: `${DEMO} UBUNTU JAMMY JAMMY64 XORG`,
  rocky: 'FAIBASE ROCKY',
}
const ACTIONS = ['install', 'dirinstall', 'softupdate'] as const
type Action = (typeof ACTIONS)[number]

/** `install` is that of a disk image: the machine that makes it says nothing. A machine with EFI has its own boot classes. */
const listOf = (host: string, action: Action): string => {
  const classes = HOSTS[host] ?? ''
  if (action === 'install') return `DEFAULT ${classes} ${host} LAST`
  const efi = ['LVM', 'FAISERVER', 'FAIBASE'].find(name => classes.split(' ').includes(name))
  const boot = existsSync('/sys/firmware/efi') ? `GRUB_EFI ${efi}_EFI` : 'GRUB_PC'
  const release = host === 'rocky' ? ' ROCKY8_64' : ''
  return `DEFAULT LINUX AMD64 DHCPC ${classes}${release} ${boot} ${host} LAST`
}

const ZONE = `$TTL 300
@ IN SOA ns1.example.test. hostmaster.example.test. 1 3600 900 604800 300
@ IN NS ns1.example.test.
${Object.keys(HOSTS)
  .map(host => `${host} IN A 192.0.2.10\n`)
  .join('')}`
const CONFIG = 'sources: [{ kind: zonefile, zone: example.test, path: example.test.zone }]\n'

/** The class scripts of the example as an installation runs them, and then the list of a host that the zone merely knows. */
const ourList = (host: string, action: Action): Promise<string> =>
  withFiles({ 'example.test.zone': ZONE, 'config.yaml': CONFIG }, async directory => {
    const run = makeRunner(process.env)
    const path = `${join(ROOT, 'bin/tools')}:${searchPath(process.env)}`
    const begin = { action, host, fqdn: `${host}.example.test`, configSpace: EXAMPLE, cwd: '/', path }
    const configSource = `file://${EXAMPLE}`
    const places = { target: '/', logDirectory: directory, flags: [], runDate: '20261122_120000' }
    const facts = await runClassScripts({
      configSpace: EXAMPLE,
      logDirectory: directory,
      shell: openShell(run, runVariables({ ...begin, ...places, configSource })),
      errors: { worst: () => 0 },
      log: { line: () => {}, status: () => {} },
      run,
      signal: new AbortController().signal,
      reporter: { scriptBegins: () => {}, scriptEnded: () => {}, complain: text => t.fail(text) },
      scriptSeconds: 60,
    })
    const options = facts.flatMap(fact => ['--fact', fact])
    const config = ['--config', join(directory, 'config.yaml'), '--format', 'words']
    const { stdout, stderr } = await runInProcess(['lookup', host, ...config, ...options])
    return stdout === '' ? stderr : stdout.trim()
  })

/** What FAI's own program makes of them. */
const faiList = (host: string, action: Action): Promise<string> =>
  withFiles({}, async directory => {
    const program = '. /usr/lib/fai/subroutines; fai-class "$FAI/class" "$LOGDIR/classes"'
    await runToEnd('bash', ['-ac', program], {
      PATH: `/usr/lib/fai:${searchPath(process.env)}`,
      HOSTNAME: host,
      FAI_ACTION: action,
      FAI: EXAMPLE,
      LOGDIR: directory,
      do_init_tasks: '0',
    })
    return readFileSync(join(directory, 'classes'), 'utf8').trim().replaceAll('\n', ' ')
  })

for (const action of ACTIONS) {
  t.test(`${action}: the class lists of FAI's example are FAI's`, async t => {
    const hosts = Object.keys(HOSTS)
    const [ours, theirs] = await Promise.all(
      [ourList, faiList].map(list => Promise.all(hosts.map(host => list(host, action)))),
    )
    t.strictSame(
      ours,
      hosts.map(host => listOf(host, action)),
    )
    t.strictSame(ours, theirs, 'and what fai-class says on this machine')
  })
}
