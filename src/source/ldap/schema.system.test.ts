import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runProgram } from '../../testing/run-program.ts'
import { ROOT } from '../../testing/test-files.ts'
import { textsOf } from './entry.ts'
import { parseLdif } from './ldif.ts'

const base = ['core', 'cosine', 'nis', 'inetorgperson']
const schemaFile = join(ROOT, 'schema/fai-classes.schema')
const ldifFile = join(ROOT, 'schema/fai-classes.ldif')

const newDirectory = async (t: Test): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'fai-classes-schema-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  await mkdir(join(directory, 'slapd.d'))
  return directory
}

/** What slapd made of our schema, in its own spelling. */
const readDeclared = async (directory: string): Promise<readonly string[]> => {
  const text = await runProgram('/usr/sbin/slapcat', ['-n', '0', '-F', join(directory, 'slapd.d')])
  const entries = parseLdif(Buffer.from(text), 'slapcat').value ?? []
  const ours = entries.filter(({ dn }) => /^cn=\{[0-9]+\}fai-classes,cn=schema,cn=config$/.test(dn.normal))
  return ours.flatMap(entry =>
    ['olcAttributeTypes', 'olcObjectClasses'].flatMap(attribute =>
      textsOf(entry, attribute).map(text => text.replace(/^\{[0-9]+\}/, '').replace(/\s+/g, ' ')),
    ),
  )
}

const fromSchemaFile = async (t: Test): Promise<readonly string[]> => {
  const directory = await newDirectory(t)
  const includes = [...base.map(name => `/etc/ldap/schema/${name}.schema`), schemaFile]
  await writeFile(join(directory, 'slapd.conf'), includes.map(path => `include ${path}\n`).join(''))
  await runProgram('/usr/sbin/slaptest', [
    '-f',
    join(directory, 'slapd.conf'),
    '-F',
    join(directory, 'slapd.d'),
  ])
  return readDeclared(directory)
}

const fromLdifFile = async (t: Test): Promise<readonly string[]> => {
  const directory = await newDirectory(t)
  const config = [
    'dn: cn=config\nobjectClass: olcGlobal\ncn: config\n',
    'dn: cn=schema,cn=config\nobjectClass: olcSchemaConfig\ncn: schema\n',
    ...base.map(name => `include: file:///etc/ldap/schema/${name}.ldif\n`),
    await readFile(ldifFile, 'utf8'),
  ].join('\n')
  await writeFile(join(directory, 'config.ldif'), config)
  const args = ['-n', '0', '-F', join(directory, 'slapd.d'), '-l', join(directory, 'config.ldif')]
  await runProgram('/usr/sbin/slapadd', args)
  return readDeclared(directory)
}

t.test('slapd loads both forms of the schema, and they declare the same', async t => {
  const declared = await fromSchemaFile(t)
  t.strictSame(await fromLdifFile(t), declared)
  t.strictSame(
    declared.map(text => /NAME '([A-Za-z]+)'/.exec(text)?.[1]),
    [
      'faiMembership',
      'faiVariableSetting',
      'faiRequires',
      'faiAfter',
      'faiConflicts',
      'faiMember',
      'faiClassEntry',
    ],
  )
})

t.test('every object identifier stands below one UUID, no attribute is ordered or single', async t => {
  const declared = await fromSchemaFile(t)
  const arcs = declared.map(text => /^\( (2\.25\.[0-9]{30,39})\.[12]\.[0-9]+ /.exec(text)?.[1])
  t.equal(new Set(arcs).size, 1)
  t.ok(arcs[0])
  t.notMatch(declared.join('\n'), /X-ORDERED|SINGLE-VALUE/)
})
