import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { readAptReleases, releaseSeconds } from './apt-releases.ts'

const release = (origin: string, date: string): string =>
  `Origin: ${origin}\nDate: ${date}\nAcquire-By-Hash: yes\n`

t.test('the newest of Debian counts, and of nobody else', async t => {
  const directory = t.testdir({
    deb_bookworm_InRelease: release('Debian', 'Sat, 21 Nov 2026 10:00:00 UTC'),
    deb_security_InRelease: release('Debian', 'Sat, 21 Nov 2026 12:00:00 UTC'),
    other_InRelease: release('Other', 'Sun, 22 Nov 2026 12:00:00 UTC'),
    deb_bookworm_Packages: 'Package: tar\n',
  })
  const first = await readAptReleases(directory)
  t.equal(first.newestSeconds, Date.UTC(2026, 10, 21, 12) / 1000)
  await writeFile(join(directory, 'other_InRelease'), '')
  t.equal((await readAptReleases(directory)).digest, first.digest)
  await rm(join(directory, 'deb_security_InRelease'))
  const second = await readAptReleases(directory)
  t.equal(second.newestSeconds, Date.UTC(2026, 10, 21, 10) / 1000)
  t.not(second.digest, first.digest)
})

t.test('no lists, and no date', async t => {
  t.equal((await readAptReleases(join(t.testdir({}), 'gone'))).newestSeconds, 0)
  t.equal(releaseSeconds('Origin: Debian\n'), 0)
})
