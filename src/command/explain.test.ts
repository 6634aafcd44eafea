import { join } from 'node:path'
import t from 'tap'
import { runInProcess } from '../testing/command-run.ts'
import { withFiles } from '../testing/site-files.ts'

const FILES = {
  'c.yaml': `resolution: { unknownClass: allow }
sources:
  - { kind: zonefile, zone: example.test, path: site.zone }
  - { kind: ldif, base: "dc=example,dc=test", path: site.ldif }
`,
  'site.zone': `@ SOA ns1.example.org. h 1 1 1 1 7
@ NS ns1.example.org.
_default._fai TXT "FAIBASE OLD BACK"
_default._fai TXT "var.SITE=main"
web01 A 192.0.2.1
 TXT "fai=20 PHP"
_fai.web01 TXT "10 WEB"
 TXT "30 [TEST] DEBUG"
 TXT "9 -OLD -BACK"
_fai.shared CNAME _fai.web01
shared A 192.0.2.2
WEB._class TXT "requires=BACK"
 TXT "requires=5 [PHP] FPM"
 TXT "requires=6 [TEST] TRACE"
 TXT "var.SITE=class"
`,
  'site.ldif': `version: 1

dn: dc=example,dc=test
objectClass: dcObject
objectClass: faiMember
dc: example
faiMembership: EVERYONE

dn: cn=web01,dc=example,dc=test
objectClass: device
objectClass: faiMember
cn: web01
faiMembership: -EVERYONE LOCAL
faiVariableSetting: SITE=own

dn: cn=inner,dc=example,dc=test
objectClass: groupOfNames
cn: inner
member: cn=web01,dc=example,dc=test

dn: cn=outer,dc=example,dc=test
objectClass: groupOfNames
objectClass: faiMember
cn: outer
member: cn=inner,dc=example,dc=test
faiMembership: GROUPED
`,
}

const explained = async (host: string): Promise<string> => {
  let text = ''
  await withFiles(FILES, async directory => {
    const run = await runInProcess(['lookup', host, '--explain', '--config', join(directory, 'c.yaml')])
    text = run.stdout.replaceAll(`${directory}/`, '')
  })
  return text
}

const lines: Record<string, string> = {
  'which string of several at one owner, and for whom it stands there':
    'FAIBASE  asked for in "FAIBASE OLD BACK" at site.zone:3: TXT _default._fai.example.test, for every host below example.test',
  'a weight is part of the string': 'WEB  asked for in "10 WEB" at site.zone:7: TXT _fai.web01.example.test',
  'the style prefix': 'PHP  asked for in "20 PHP" at site.zone:6: TXT web01.example.test',
  'a condition that holds':
    'FPM  required by WEB in "5 [PHP] FPM" at site.zone:13: TXT WEB._class.example.test',
  'a group that holds the host through another one':
    'GROUPED  asked for in "GROUPED" at site.ldif:26: cn=outer,dc=example,dc=test faiMembership, for the group holds the host, directly or through groups',
  'the entry of the host':
    'LOCAL  asked for in "-EVERYONE LOCAL" at site.ldif:13: cn=web01,dc=example,dc=test faiMembership',
  'what was taken away and is required':
    'BACK  required by WEB in "BACK" at site.zone:12: TXT WEB._class.example.test',
  'what was taken away':
    'OLD  asked for in "FAIBASE OLD BACK" at site.zone:3: TXT _default._fai.example.test, for every host below example.test; taken away in "9 -OLD -BACK" at site.zone:9: TXT _fai.web01.example.test',
  'a path':
    'EVERYONE  asked for in "EVERYONE" at site.ldif:7: dc=example,dc=test faiMembership, for every host below this entry; taken away in "-EVERYONE LOCAL" at site.ldif:13: cn=web01,dc=example,dc=test faiMembership',
  'a condition that does not hold':
    'DEBUG  asked for in "30 [TEST] DEBUG" at site.zone:8: TXT _fai.web01.example.test; [TEST] does not hold',
  'the same of a dependency':
    'TRACE  required by WEB in "6 [TEST] TRACE" at site.zone:14: TXT WEB._class.example.test; [TEST] does not hold',
  'a variable': 'SITE=own  set at site.ldif:14: cn=web01,dc=example,dc=test faiVariableSetting',
  'a value that a class would set':
    'outranks "class" set by WEB at site.zone:15: TXT WEB._class.example.test',
  'a value that a domain would set':
    'outranks "main" set at site.zone:4: TXT _default._fai.example.test, for every host below example.test',
}

t.test('somebody who never saw the zone can go and edit the right record', async t => {
  // Names are padded to the longest.
  const text = (await explained('web01')).split('\n').map(line => line.trim().replace(/ {2,}/, '  '))
  for (const [name, line] of Object.entries(lines)) t.ok(text.includes(line), `${name}: ${text.join('\n')}`)
})

t.test('an alias of a membership is explained by the record that it leads to', async t => {
  t.match(await explained('shared'), /^ {2}WEB +asked for in "10 WEB" at site\.zone:7: TXT _fai\.web01/m)
})
