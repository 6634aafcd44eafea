import t from 'tap'
import { EnvironmentError } from '../diagnostic/environment-error.ts'
import { parseSimulation, simulatePackages } from './simulate-packages.ts'

const installed = new Map([
  ['mc:amd64', '4.8'],
  ['mc-data:all', '4.8'],
])

const LINES: Readonly<Record<string, [string, readonly unknown[]]>> = {
  'a new package': ['Inst nano (7.2-1 Debian:12.1/stable [amd64])', [{ package: 'nano:amd64', to: '7.2-1' }]],
  'a newer version': [
    'Inst libc6 [2.36-1] (2.36-2 Debian:12 [amd64]) []',
    [{ package: 'libc6:amd64', from: '2.36-1', to: '2.36-2' }],
  ],
  'one of another architecture': ['Inst libc6:i386 (1 site [i386])', [{ package: 'libc6:i386', to: '1' }]],
  'an archive without a name': ['Inst alpha (1 localhost [all])', [{ package: 'alpha:all', to: '1' }]],
  'one that is removed, whose architecture is known': [
    'Remv mc [4.8]',
    [{ package: 'mc:amd64', from: '4.8' }],
  ],
  'one that is purged': ['Purg mc-data [4.8]', [{ package: 'mc-data:all', from: '4.8' }]],
  'what has only its configuration left': ['Purg old', []],
  'its configuration': ['Conf nano (7.2-1 Debian:12 [amd64])', []],
  'what apt says beside': ['The following NEW packages will be installed:\n  Inst nano', []],
}

for (const [title, [line, want]] of Object.entries(LINES)) {
  t.test(`a line of a simulation: ${title}`, async t => {
    t.strictSame(parseSimulation(line, installed), want)
  })
}

t.test('where apt does not answer, nothing is said to be unchanged', async t => {
  const { signal } = new AbortController()
  const tail = ['E: dpkg was interrupted']
  const run = async () => ({ exitCode: 100, timedOut: false, stdout: '', tail })
  const asking = simulatePackages([], { root: '/nowhere', variables: {}, run, signal })
  await t.rejects(asking, EnvironmentError)
  await t.rejects(asking, { message: /chroot \/nowhere apt-get .*dist-upgrade\n {2}\| E: dpkg was interr/ })
})
