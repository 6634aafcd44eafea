import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { withFiles } from '../testing/site-files.ts'

const ZONE = [
  '@ SOA ns1.example.org. h 1 1 1 1 1',
  '@ NS ns1.example.org.',
  'web01 A 192.0.2.1',
  '_fai.web01 TXT "WEB EFI"',
  ' TXT "2000 [EFFI && !web01] GRUB"',
  '_default._fai.lab TXT "[NVM || KVM || LAB] GRUB"',
  'WEB._class TXT "requires=[ARM65 && GRUB] GRUB"',
  'GRUB._class TXT "requires=LAB"',
  'LAB._class TXT "description=x"',
  '',
].join('\n')

const siteWith = (resolution: string) => ({
  'c.yaml': `sources: [{ kind: zonefile, zone: example.test, path: site.zone }]\n${resolution}`,
  'site.zone': ZONE,
})

const LISTED = 'facts: [EFI, NVME, KVM, ARM64]'
const EFFI = /^warning unknown-class: .*site\.zone:5: .*"EFFI".*nearest known name: "EFI"/m
const NVM = /^warning unknown-class: .*site\.zone:6: .*"NVM".*nearest known name: "NVME"/m
const ARM = /^warning unknown-class: .*site\.zone:7: TXT WEB\._class.*"ARM65".*nearest known name: "ARM64"/m

const cases: Record<string, { resolution: string; want: readonly RegExp[] }> = {
  'no list: any class of a condition may be a fact': {
    resolution: '',
    want: [/^warning unknown-class: .*class "EFI" is defined nowhere/m],
  },
  'a list: what only conditions name is in it, or is a slip': {
    resolution: `resolution: { ${LISTED} }\n`,
    want: [EFFI, NVM, ARM],
  },
  'an empty list: the machine reports nothing': {
    resolution: 'resolution: { facts: [] }\n',
    want: [/"EFI" is defined nowhere/, /"EFFI"/, /"NVM"/, /"KVM"/, /"ARM65"/],
  },
  'unknown classes are allowed': { resolution: `resolution: { unknownClass: allow, ${LISTED} }\n`, want: [] },
}

for (const [name, { resolution, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    await withFiles(siteWith(resolution), async directory => {
      const { stderr, exitCode } = await runInProcess(['check', '--config', join(directory, 'c.yaml')])
      t.equal(stderr.match(/unknown-class/g)?.length ?? 0, want.length, stderr)
      for (const pattern of want) t.match(stderr, pattern)
      t.equal(exitCode, 0)
    })
  })
}

t.test('a listed fact is known to a lookup, though the caller does not report it', async t => {
  const resolution = (facts: string) => `resolution: { unknownClass: error${facts} }\n`
  await withFiles(siteWith(resolution(`, ${LISTED}`)), async directory => {
    t.match(await runInProcess(['lookup', 'web01', '--config', join(directory, 'c.yaml')]), {
      exitCode: 0,
      stderr: '',
    })
  })
  await withFiles(siteWith(resolution('')), async directory => {
    t.match(await runInProcess(['lookup', 'web01', '--config', join(directory, 'c.yaml')]), {
      exitCode: 1,
      stderr: /^error unknown-class: .*"EFI"/,
    })
  })
})

t.test('a fact that is no class name is a fault of the configuration', async t => {
  await withFiles(siteWith('resolution: { facts: [EFI, "42"] }\n'), async directory => {
    t.match(await runInProcess(['check', '--config', join(directory, 'c.yaml')]), {
      exitCode: 1,
      stderr: /^error config-invalid: .*c\.yaml:2:.*is no class name/,
    })
  })
})
