import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { schemaFaults } from '../testing/schema-faults.ts'
import { withFiles } from '../testing/site-files.ts'

const FILES = {
  'space/package_config/WEB':
    'PACKAGES install\nnginx php$VERSION-fpm ngnix\nPACKAGES remove WEB && !KEEP\nnano\n',
  'space/package_config/DB': 'PACKAGES taskinst\nssh-server\nPACKAGES install )(\nx\n',
  'space/package_config/LATE': 'PACKAGES install\nphp9-fpm\n',
  available: 'Package: nginx\n\nPackage: php8.2-fpm\nProvides: php-fpm\n',
}

const run = (args: string, environment: Record<string, string> = {}, space = 'space') =>
  withFiles(FILES, cwd =>
    runInProcess(['packages', 'plan', '--config-space', space, ...args.split(' ')], { cwd, environment }),
  )

t.test('the commands of a class list, and what is left out of them', async t => {
  const { stdout, stderr, exitCode } = await run('--classes WEB --catalog available', { VERSION: '8.2' })
  t.equal(exitCode, 0)
  t.match(
    stdout,
    / --fix-missing install nginx php8\.2-fpm\napt-get .* --purge remove nano\ndpkg --configure/,
  )
  t.match(stderr, /^warning package-unknown: .*WEB:2: .*"ngnix" \(nearest known package: "nginx"\)/)
})

t.test('as JSON, for a target, with classes from their variable', async t => {
  const environment = { VERSION: '8.2', FAI_ROOT: '/target', classes: 'WEB\n#LATE KEEP' }
  const { stdout } = await run('--catalog available --format json', environment)
  t.equal(await schemaFaults('packages-plan', stdout), '')
  const { commands, dropped, diagnostics } = JSON.parse(stdout)
  t.match(commands[0], ['chroot', '/target', 'apt-get'])
  t.equal(commands.length, 4, 'nothing is removed')
  t.match(dropped, [{ package: 'ngnix', class: 'WEB', origin: { kind: 'file', line: 2 } }])
  t.match(diagnostics, [{ severity: 'warning', code: 'package-unknown' }])
})

t.test('without a catalog, or where a variable says so, no name is looked up', async t => {
  const environment = { VERSION: '8.2' }
  for (const result of [
    await run('--classes WEB', environment),
    await run('--classes WEB --catalog available', { ...environment, FAI_DISABLE_PACKAGE_NAME_CHECK: '1' }),
  ]) {
    t.match(result.stdout, / install nginx php8\.2-fpm ngnix\n/)
    t.equal(result.stderr, '')
  }
})

t.test('errors are all told, and there is no plan', async t => {
  const { stdout, stderr, exitCode } = await run('--classes DB --format json')
  t.equal(exitCode, 1)
  t.equal(await schemaFaults('packages-plan', stdout), '')
  t.notOk('commands' in JSON.parse(stdout))
  t.match(stderr, /DB:1: .*taskinst/)
  t.match(stderr, /DB:3:18: /)
  t.equal((await run('--classes DB')).stdout, '')
})

t.test('wrong use, and a config space that is none', async t => {
  t.match(await run('--catalog available'), { exitCode: 2, stderr: /--classes is missing/ })
  t.match(await run('--classes WEB --catalog nowhere'), { exitCode: 3, stderr: /nowhere/ })
  t.match(await run('--classes WEB', {}, 'available'), { exitCode: 3 })
})
