import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { shellWord } from '../model/shell-word.ts'
import { runInProcess } from '../testing/command-run.ts'
import { runProgram, runToEnd } from '../testing/run-program.ts'

const directory = await mkdtemp(join(tmpdir(), 'fai-classes-tools-'))
t.teardown(() => rm(directory, { recursive: true, force: true }))
const inside = (name: string): string => join(directory, name)
await mkdir(inside('space/package_config'), { recursive: true })

/** What `packages plan` would run for a file of `package_config`, as lines of a shell script. */
const planned = async (text: string): Promise<readonly string[]> => {
  await writeFile(inside('space/package_config/TOOLS'), text)
  const words = ['--config-space', inside('space'), '--classes', 'TOOLS', '--format', 'json']
  const { stdout } = await runInProcess(['packages', 'plan', ...words])
  const { commands }: { commands: readonly (readonly string[])[] } = JSON.parse(stdout)
  return commands.map(argv => argv.map(shellWord).join(' '))
}

const GROUPS = `<comps><group><id>tools</id><name>Tools</name><uservisible>true</uservisible><packagelist>
<packagereq type="mandatory">gamma</packagereq></packagelist></group></comps>\n`

/** An archive of the packages alpha, beta and gamma with the group `tools`. */
const makeRpms = async (): Promise<void> => {
  for (const name of ['alpha', 'beta', 'gamma']) {
    const head = `Name: ${name}\nVersion: 1\nRelease: 1\nSummary: for a test\nLicense: none\nBuildArch: noarch\n`
    await writeFile(inside(`${name}.spec`), `${head}%description\nFor a test.\n%files\n`)
    const places = [`_topdir ${inside('build')}`, `_rpmdir ${inside('rpms')}`, `_dbpath ${inside('db')}`]
    await runProgram('rpmbuild', [
      '-bb',
      '--quiet',
      ...places.flatMap(place => ['--define', place]),
      inside(`${name}.spec`),
    ])
  }
  await writeFile(inside('comps.xml'), GROUPS)
  await runProgram('createrepo_c', ['--quiet', '--groupfile', inside('comps.xml'), inside('rpms')])
  const repository = `[own]\nname=own\nbaseurl=file://${inside('rpms')}\nenabled=1\ngpgcheck=0\ntype=rpm-md\n`
  await mkdir(inside('zypp/repos.d'), { recursive: true })
  await writeFile(inside('zypp/repos.d/own.repo'), repository)
  await writeFile(inside('dnf.conf'), `[main]\nreposdir=${inside('zypp/repos.d')}\n`)
}

/** Hides databases and caches behind others in memory, which end with the script. */
const BEGIN = `set -e
for path in /var/lib /var/cache /var/log /run /root; do mount -t tmpfs tmpfs "$path"; done
mount --bind "$1/dnf.conf" /etc/dnf/dnf.conf
mount --bind "$1/zypp" /etc/zypp
exec 3>&1 >&2
names() { rpm "$@" -qa --queryformat '%{name}\\n'; }
# The database of Debian's rpm is in the home directory, unless zypper calls it.
tell() { { names; names --dbpath /var/lib/rpm; } | sort -u | xargs >&3; }
`

/** Runs lines of a shell script on a machine without an RPM package, and gives what `tell` told. */
const runAlone = async (lines: readonly string[]): Promise<string> => {
  const script = ['sh', '-c', BEGIN + lines.join('\n'), 'sh', directory]
  const { code, stdout, stderr } = await runToEnd('unshare', ['--mount', ...script])
  if (code !== 0) throw new Error(stderr)
  return stdout
}

t.test('dnf and rpm take what is planned for them', async t => {
  await makeRpms()
  const install = await planned('PACKAGES dnfi\nalpha beta\nPACKAGES dnfgroup\ntools\n')
  const remove = await planned('PACKAGES dnfr\nbeta\nPACKAGES rpmr\nalpha\n')
  t.strictSame(install, ['dnf -y group install tools', 'dnf -y install alpha beta'].sort())
  const said = await runAlone([...install, 'tell', ...remove, 'tell'])
  t.equal(said, 'alpha beta gamma\ngamma\n')
})

t.test('zypper takes what is planned for it', async t => {
  const install = await planned('PACKAGES zypper\nalpha beta\n')
  const remove = await planned('PACKAGES zypper-rm\nbeta\n')
  const said = await runAlone([...install, 'tell', ...remove, 'tell'])
  t.equal(said, 'alpha beta\nalpha\n')
})

for (const type of ['install', 'install-norec', 'apt', 'aptitude', 'aptitude-r', 'cupt', 'cupt-r']) {
  t.test(`${type}: the program takes its options, and simulates what is planned`, async t => {
    const [line = ''] = await planned(`PACKAGES ${type}\ncoreutils\n`)
    const { code, stderr } = await runToEnd('sh', ['-c', line.replace(/^\S+/, '$& -s')])
    t.equal(code, 0, stderr)
  })
}
