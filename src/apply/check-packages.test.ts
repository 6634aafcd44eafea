import t from 'tap'
import { formatUnknown, isProvided } from './check-packages.ts'

t.test('an unknown name is told with its line and the nearest known one', async t => {
  const unknown = [
    { name: 'ngins', origin: { kind: 'file', path: 'package_config/WEB', line: 3 } as const },
    { name: 'zzzzzzzz', origin: { kind: 'file', path: 'package_config/DB', line: 9 } as const },
  ]
  t.equal(
    formatUnknown(unknown, ['mc', 'nginx']),
    'package_config/WEB:3: package "ngins" is in none of the archives (did you mean "nginx"?)\n' +
      'package_config/DB:9: package "zzzzzzzz" is in none of the archives',
  )
})

t.test('a name that another package provides is known', async t => {
  const head =
    'Package: mail-transport-agent\nVersions: \n\nReverse Depends: \n  mutt,mail-transport-agent\nDependencies: \nProvides: \n'
  t.equal(isProvided(`${head}Reverse Provides: \nexim4-daemon-light 4.96-15 (= )\n`), true)
  t.equal(isProvided(`${head}Reverse Provides: \n`), false)
  t.equal(isProvided(''), false)
})
