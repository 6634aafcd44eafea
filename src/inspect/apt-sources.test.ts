import t from 'tap'
import { parseAptOptions, parseTargets, readArchive } from './apt-sources.ts'
import type { ReadCommand } from './runner.ts'

const line = (...fields: string[]) => fields.join('\t')
const MAIN = line('Packages', 'Debian', 'bookworm', 'http://deb.example.org/debian/', 'bookworm', 'main')
const SECURITY = line(
  'Packages',
  'Debian',
  'bookworm-security',
  'http://sec.example.org/',
  'stable-security',
  'main',
)
const NON_FREE = line(
  'Packages',
  'Debian',
  'bookworm',
  'http://deb.example.org/debian/',
  'bookworm',
  'non-free',
)
const TRANSLATION = line(
  'Translations',
  'Debian',
  'bookworm',
  'http://deb.example.org/debian/',
  'bookworm',
  'main',
)
const SID = line('Packages', 'Debian', 'sid', 'http://deb.example.org/debian/', 'sid', 'main')
const VENDOR = line('Packages', 'Vendor', 'bookworm', 'https://vendor.example.org/', 'bookworm', 'main')
const DISC = line('Packages', 'Debian', 'bookworm', 'cdrom:[Debian 12]/', 'bookworm', 'main')

const cases: Record<string, { lines: string[]; codename: string | undefined; want: string[] }> = {
  'components of one archive share a line, security and updates follow': {
    lines: [TRANSLATION, MAIN, NON_FREE, SECURITY],
    codename: 'bookworm',
    want: [
      'deb http://deb.example.org/debian/ bookworm main non-free',
      'deb http://sec.example.org/ stable-security main',
    ],
  },
  'a third-party archive does not count': {
    lines: [VENDOR, MAIN],
    codename: 'bookworm',
    want: ['deb http://deb.example.org/debian/ bookworm main'],
  },
  'neither does a disc': {
    lines: [DISC, MAIN],
    codename: 'bookworm',
    want: ['deb http://deb.example.org/debian/ bookworm main'],
  },
  'of several releases that of the running system': {
    lines: [SID, MAIN],
    codename: 'bookworm',
    want: ['deb http://deb.example.org/debian/ bookworm main'],
  },
  'the first where the system has no codename': {
    lines: [SID, MAIN],
    codename: undefined,
    want: ['deb http://deb.example.org/debian/ sid main'],
  },
}

for (const [name, { lines, codename, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    const { value, diagnostics } = parseTargets(lines.join('\n'), codename)
    t.strictSame(diagnostics, [])
    t.strictSame(value?.sources, want)
  })
}

t.test('no Debian archive: an error that says what to do', async t => {
  const { value, diagnostics } = parseTargets(VENDOR, 'bookworm')
  t.equal(value, undefined)
  t.match(diagnostics, [{ severity: 'error', code: 'base-source-missing', message: /apt-get update/ }])
})

t.test('of the options of apt only those that say how an archive is reached are taken', async t => {
  const dump = [
    'Acquire::http::Proxy "http://proxy.example.org:3128";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::https::CaInfo "/etc/site-ca.pem";',
    'Acquire::http::Proxy "";',
    'DPkg::Post-Invoke:: "true";',
  ]
  t.strictSame(parseAptOptions(dump.join('\n')), dump.slice(0, 2))
})

t.test('apt is asked for its targets and its options', async t => {
  const asked: string[] = []
  const read: ReadCommand = async ([file, ...args]) => {
    asked.push(`${file} ${args[0]}`)
    return file === 'apt-get' ? MAIN : 'Acquire::Retries "3";'
  }
  const { value } = await readArchive(read, new AbortController().signal)
  t.strictSame(asked, ['apt-get indextargets', 'apt-config dump'])
  t.match(value, { suite: 'bookworm', aptOptions: ['Acquire::Retries "3";'] })
})
