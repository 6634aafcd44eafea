import t from 'tap'
import { compareRuns, type Wanted } from './run-difference.ts'

const before: Wanted = {
  classes: ['DEFAULT', 'BASE', 'OLD', 'LAST'],
  packages: { install: ['mc', 'nginx'], remove: ['nano'], hold: ['dpkg'] },
  templates: {
    '/etc/gone': { class: 'OLD', sha256: 'aa' },
    '/etc/hosts': { class: 'BASE', sha256: 'aa' },
    '/etc/issue': { class: 'OLD', sha256: 'aa' },
    '/etc/motd': { class: 'BASE', sha256: 'aa' },
  },
  scripts: { 'BASE/10-a': 'aa', 'BASE/20-b': 'bb', 'OLD/10-c': 'cc' },
}

t.test('a run is like itself', async t => {
  const nothing = { added: [], removed: [] }
  t.strictSame(compareRuns(before, before), {
    classes: undefined,
    packages: nothing,
    templates: { ...nothing, changed: [] },
    scripts: { ...nothing, changed: [] },
  })
})

t.test('classes that came, went and moved', async t => {
  const { classes } = compareRuns(before, { ...before, classes: ['DEFAULT', 'NEW', 'BASE', 'LAST'] })
  t.strictSame(classes, { added: ['NEW'], removed: ['OLD'], moved: [] })
})

const PACKAGES: Readonly<Record<string, [Wanted['packages'], readonly string[], readonly string[]]>> = {
  'asked for anew, and no more': [
    { install: ['mc', 'vim'], remove: ['nano'], hold: ['dpkg'] },
    ['vim'],
    ['nginx'],
  ],
  'of another type of installation: the same': [
    { 'install-norec': ['nginx'], install: ['mc'], remove: ['nano'], hold: ['dpkg'] },
    [],
    [],
  ],
  'from another release': [
    { install: ['mc'], 'install release=backports': ['nginx'], remove: ['nano'], hold: ['dpkg'] },
    ['nginx release=backports'],
    ['nginx'],
  ],
  'installed in the place of removed': [
    { install: ['mc', 'nginx', 'nano'], hold: ['dpkg'] },
    ['nano'],
    ['remove nano'],
  ],
  'no list at all': [{}, [], ['hold dpkg', 'mc', 'nginx', 'remove nano']],
}

for (const [title, [packages, added, removed]] of Object.entries(PACKAGES)) {
  t.test(`packages ${title}`, async t => {
    t.strictSame(compareRuns(before, { ...before, packages }).packages, { added, removed })
  })
}

t.test('templates and scripts count as changed by content, a template by its class, too', async t => {
  const { templates, scripts } = compareRuns(before, {
    ...before,
    templates: {
      '/etc/constructor': { class: 'NEW', sha256: 'aa' },
      '/etc/hosts': { class: 'BASE', sha256: 'aa' },
      '/etc/issue': { class: 'NEW', sha256: 'aa' },
      '/etc/motd': { class: 'BASE', sha256: 'bb' },
    },
    scripts: { constructor: 'aa', 'BASE/10-a': 'aa', 'BASE/20-b': 'xx' },
  })
  t.strictSame(templates, {
    added: ['/etc/constructor'],
    removed: ['/etc/gone'],
    changed: ['/etc/issue', '/etc/motd'],
  })
  t.strictSame(scripts, { added: ['constructor'], removed: ['OLD/10-c'], changed: ['BASE/20-b'] })
})
