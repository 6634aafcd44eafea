import t from 'tap'
import { describeType, localCommand } from './package-command.ts'

t.test('a type as FAI describes it: the command, or the commands one behind the other', async t => {
  t.equal(describeType('yumi'), 'yum -y install NAME')
  t.equal(describeType('hold'), `sh -c 'echo "NAME hold\n" | dpkg --set-selections'`)
  t.match(describeType('unpack'), /^apt-get clean; sh -c .*; dpkg --unpack --recursive .*; apt-get clean$/)
})

t.test('package files are installed as names are, in the target', async t => {
  const [enter, root, tool] = localCommand('apt-get', ['/tmp/a.deb', '/tmp/b.deb'], '/target')
  t.strictSame([enter, root, tool], ['chroot', '/target', 'apt-get'])
  t.strictSame(localCommand('dnf', ['/tmp/a.rpm'], undefined), ['dnf', '-y', 'install', '/tmp/a.rpm'])
  t.strictSame(localCommand('zypper', ['/tmp/a.rpm'], undefined).at(-1), '/tmp/a.rpm')
})
