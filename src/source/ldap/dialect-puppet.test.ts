import { join } from 'node:path'
import t from 'tap'
import { entryOf } from '../../testing/entries.ts'
import { ROOT } from '../../testing/test-files.ts'
import { PUPPET } from './dialect-puppet.ts'
import { memoryDirectory } from './directory-memory.ts'
import { parseDn } from './dn.ts'
import { ldifSource } from './ldif-source.ts'

const { signal } = new AbortController()
const base = 'dc=example,dc=test'
const path = join(ROOT, 'fixtures/ldif/puppet/directory.ldif')
const open = () => ldifSource({ base, path, dialect: 'puppet' })

const ROWS: Record<
  string,
  { short: string; fqdn?: string; known: boolean; places: string[]; error?: string }
> = {
  'parents before the node': {
    short: 'web01',
    fqdn: 'web01.example.test',
    known: true,
    places: ['path base ssh', 'path nginx', 'host base shop'],
  },
  'the short name': { short: 'db01', fqdn: 'db01.example.test', known: true, places: ['host postgres'] },
  'no entry: those of default, and not known': {
    short: 'other',
    known: false,
    places: ['path base ssh', 'path fallback'],
  },
  'a circle of parents': { short: 'loop1', known: true, places: ['path b', 'host a'], error: 'class-cycle' },
  'a parent that is not there': { short: 'orphan', known: true, places: ['host a'], error: 'syntax' },
  'a class of a module is no class of FAI': { short: 'module', known: true, places: [], error: 'syntax' },
}

for (const [title, { short, fqdn, known, places, error }] of Object.entries(ROWS)) {
  t.test(title, async t => {
    const { value, diagnostics } = await open().readHost({ short, fqdn }, signal)
    t.equal(value?.known, known)
    t.strictSame(
      value?.places.map(
        ({ kind, memberships }) => `${kind} ${memberships.map(({ rest }) => rest).join(' | ')}`,
      ),
      places,
    )
    t.strictSame(
      diagnostics.map(({ code }) => code),
      error === undefined ? [] : [error],
    )
  })
}

t.test('the whole: every node but default, by its name', async t => {
  const { value } = await open().readWhole(signal)
  t.strictSame(
    value?.hosts.map(host => host.fqdn ?? host.short),
    ['basenode', 'db01', 'loop1', 'loop2', 'module', 'orphan', 'web01.example.test', 'webnode'],
  )
})

t.test('a chain of 256 parents is read, a longer one is an error at the last that was', async t => {
  const parsed = parseDn('dc=x')
  if (!parsed.ok) throw new Error('no DN')
  const read = (parents: number) => {
    const entries = Array.from({ length: parents + 1 }, (_, index) => {
      const parent = index === parents ? [] : [`parentNode: n${index + 1}`]
      return entryOf(`cn=n${index}`, 'puppetClient', `cn: n${index}`, 'puppetClass: base', ...parent)
    })
    const directory = memoryDirectory(entries, parsed.dn)
    return PUPPET.readHost(directory, parsed.dn, { short: 'n0', fqdn: undefined }, signal)
  }
  const chain = await read(256)
  t.strictSame([chain.value?.places.length, chain.diagnostics], [257, []])
  t.match((await read(257)).diagnostics, [
    { severity: 'error', code: 'group-too-deep', origin: { dn: 'cn=n256,dc=x', attribute: 'parentNode' } },
  ])
})
