import t from 'tap'
import { codesOf, resolveSite, type Site } from '../testing/site.ts'

const lists: Record<string, { site: Site; want: string }> = {
  'a host that asks for nothing has the implicit classes': {
    site: { places: [[]] },
    want: 'DEFAULT web01 LAST',
  },
  'places are read from the most general to the host': {
    site: { places: [['FAIBASE DEBIAN'], ['SITE'], ['WEB']] },
    want: 'DEFAULT FAIBASE DEBIAN SITE WEB web01 LAST',
  },
  'strings of one place are read by weight, then by bytes': {
    site: { places: [['WEB', '10 BASE', '2000 TOP', '1000 APP']] },
    want: 'DEFAULT BASE APP WEB TOP web01 LAST',
  },
  'a repeat keeps the first place': {
    site: { places: [['A B'], ['B A C']] },
    want: 'DEFAULT A B C web01 LAST',
  },
  'a removal takes away what was seeded before it': {
    site: { places: [['A B'], ['-A C']] },
    want: 'DEFAULT B C web01 LAST',
  },
  'a class seeded again after its removal stands at its new place': {
    site: { places: [['A B'], ['-A C A']] },
    want: 'DEFAULT B C A web01 LAST',
  },
  'dependencies come before the class, in the order written': {
    site: { places: [['WEB']], classes: { WEB: { requires: ['NGINX PHP'] }, PHP: { requires: ['BASE'] } } },
    want: 'DEFAULT NGINX BASE PHP WEB web01 LAST',
  },
  'a class that is required and seeded later stands where it is needed first': {
    site: { places: [['WEB NGINX']], classes: { WEB: { requires: ['NGINX'] } } },
    want: 'DEFAULT NGINX WEB web01 LAST',
  },
  'after sorts and pulls nothing in': {
    site: { places: [['WEB SITE']], classes: { WEB: { after: ['SITE GONE'] } } },
    want: 'DEFAULT SITE WEB web01 LAST',
  },
  'facts come first, added classes last': {
    site: { places: [['WEB']], facts: ['EFI'], added: ['TEST'] },
    want: 'DEFAULT EFI WEB TEST web01 LAST',
  },
  'a condition of a membership sees facts and unconditional seeds': {
    site: { places: [['WEB', '[EFI && WEB] GRUB_EFI', '[!EFI] GRUB_PC']], facts: ['EFI'] },
    want: 'DEFAULT EFI WEB GRUB_EFI web01 LAST',
  },
  'a condition of a membership does not see conditional seeds': {
    site: { places: [['10 A', '20 [A] B', '30 [B] C']] },
    want: 'DEFAULT A B web01 LAST',
  },
  'a condition of requires sees the seeds left and added classes, not what is required': {
    site: {
      places: [['WEB DB']],
      added: ['X'],
      classes: { WEB: { requires: ['10 [X] ONE', '20 [DB] TWO', '30 [TWO] THREE'] } },
    },
    want: 'DEFAULT ONE TWO WEB DB X web01 LAST',
  },
  'the host class may be the full name': {
    site: { places: [['A']], options: { hostClass: 'fqdn' } },
    want: 'DEFAULT A web01.example.test LAST',
  },
  'there may be no host class': {
    site: { places: [['A']], options: { hostClass: 'none' } },
    want: 'DEFAULT A LAST',
  },
  'a host class beside a class of other case is normal': {
    site: { host: 'mail', places: [['MAIL']] },
    want: 'DEFAULT MAIL mail LAST',
  },
}

for (const [name, { site, want }] of Object.entries(lists)) {
  t.test(name, async t => {
    const { value, diagnostics } = resolveSite(site)
    t.strictSame(diagnostics, [])
    t.equal(value?.classes.join(' '), want)
  })
}

const warned: Record<string, { site: Site; want: string; codes: string[] }> = {
  'a fact cannot be taken away': {
    site: { places: [['A -EFI']], facts: ['EFI'] },
    want: 'DEFAULT EFI A web01 LAST',
    codes: ['cannot-remove'],
  },
  'a class added by the caller cannot be taken away': {
    site: { places: [['A -TEST']], added: ['TEST'] },
    want: 'DEFAULT A TEST web01 LAST',
    codes: ['cannot-remove'],
  },
  'a class taken away and required comes back': {
    site: { places: [['NGINX WEB'], ['-NGINX']], classes: { WEB: { requires: ['NGINX'] } } },
    want: 'DEFAULT NGINX WEB web01 LAST',
    codes: ['removed-but-required'],
  },
  'implicit classes have no effect as a seed': {
    site: { places: [['LAST DEFAULT web01 A']] },
    want: 'DEFAULT A web01 LAST',
    codes: ['implicit-class', 'implicit-class', 'implicit-class'],
  },
  'implicit classes have no effect as a target': {
    site: {
      places: [['A']],
      classes: { A: { requires: ['LAST'], after: ['web01'], conflicts: ['DEFAULT'] } },
    },
    want: 'DEFAULT A web01 LAST',
    codes: ['implicit-class', 'implicit-class', 'implicit-class'],
  },
  'what implicit classes require is left aside': {
    site: { places: [['A']], classes: { DEFAULT: { requires: ['X'] }, web01: { requires: ['Y'] } } },
    want: 'DEFAULT A web01 LAST',
    codes: ['implicit-class', 'implicit-class'],
  },
  'an implicit fact has no effect, and no condition sees it': {
    site: { places: [['[LAST] B', 'A']], facts: ['LAST'] },
    want: 'DEFAULT A web01 LAST',
    codes: ['implicit-class'],
  },
  'a class that nothing defines is unknown, with the nearest name': {
    site: { places: [['NGINX NGIMX']], classes: { NGINX: {} }, options: { unknownClass: 'warn' } },
    want: 'DEFAULT NGINX NGIMX web01 LAST',
    codes: ['unknown-class'],
  },
}

for (const [name, { site, want, codes }] of Object.entries(warned)) {
  t.test(`${name}, with a warning`, async t => {
    const { value, diagnostics } = resolveSite(site)
    t.equal(value?.classes.join(' '), want)
    t.strictSame(codesOf(diagnostics), codes)
    t.ok(diagnostics.every(({ severity }) => severity === 'warning'))
  })
}

const numbered = (count: number, prefix: string): string =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`).join(' ')

const chain = (length: number): Site['classes'] =>
  Object.fromEntries(Array.from({ length }, (_, index) => [`C${index}`, { requires: [`C${index + 1}`] }]))

const errors: Record<string, { site: Site; codes: string[]; message?: RegExp }> = {
  'a cycle, with its path': {
    site: {
      places: [['A']],
      classes: { A: { requires: ['B'] }, B: { requires: ['C'] }, C: { after: ['A'] } },
    },
    codes: ['class-cycle'],
    message: /^class cycle: A requires B requires C after A$/,
  },
  'a class that requires itself': {
    site: { places: [['A']], classes: { A: { requires: ['A'] } } },
    codes: ['class-cycle'],
    message: /^class cycle: A requires A$/,
  },
  'two cycles are both reported': {
    site: {
      places: [['A C']],
      classes: {
        A: { requires: ['B'] },
        B: { requires: ['A'] },
        C: { after: ['D'] },
        D: { requires: ['C'] },
      },
      added: ['D'],
    },
    codes: ['class-cycle', 'class-cycle'],
  },
  'a conflict, with both chains': {
    site: {
      places: [['WEB'], ['APACHE']],
      classes: { WEB: { requires: ['NGINX'] }, NGINX: { conflicts: ['APACHE'] } },
    },
    codes: ['class-conflict'],
    message: /^NGINX \(WEB requires NGINX\) conflicts with APACHE \(asked for itself\)$/,
  },
  'two spellings of one class': {
    site: { places: [['Web']], classes: { Web: { after: ['WEB'] } } },
    codes: ['class-case'],
  },
  'an unknown class where that is an error': {
    site: { places: [['A B']], classes: { A: {} }, options: { unknownClass: 'error' } },
    codes: ['unknown-class'],
  },
  'two values of one variable in one place': {
    site: { places: [['A']], classes: { A: { variables: ['X=1', 'X=2'] } } },
    codes: ['variable-ambiguous'],
  },
  'more seeds than the bound': {
    site: { places: [[numbered(1025, 'S')]] },
    codes: ['too-many-seeds'],
  },
  'more classes than the bound': {
    site: { places: [['A']], classes: { A: { requires: [numbered(2048, 'S')] } } },
    codes: ['too-many-classes'],
  },
  'a chain deeper than the bound': {
    site: { places: [['C0']], classes: chain(257) ?? {} },
    codes: ['dependency-too-deep'],
  },
  'a list longer than the bound': {
    site: { places: [['A']], classes: { A: { requires: [numbered(2040, 'S'.repeat(57))] } } },
    codes: ['class-list-too-long'],
  },
}

for (const [name, { site, codes, message }] of Object.entries(errors)) {
  t.test(`${name}: an error and no list`, async t => {
    const { value, diagnostics } = resolveSite(site)
    t.equal(value, undefined)
    t.strictSame(codesOf(diagnostics), codes)
    if (message !== undefined) t.match(diagnostics[0]?.message, message)
  })
}

t.test('a chain at the bound is no error', async t => {
  const { value } = resolveSite({ places: [['C0']], classes: chain(256) ?? {} })
  t.equal(value?.classes.length, 256 + 1 + 3)
})

t.test('a cycle names the place of every link', async t => {
  const { diagnostics } = resolveSite({
    places: [['A']],
    classes: { A: { requires: ['B'] }, B: { requires: ['A'] } },
  })
  t.match(diagnostics, [{ origin: { dn: 'cn=A' }, related: [{ dn: 'cn=B' }] }])
})
