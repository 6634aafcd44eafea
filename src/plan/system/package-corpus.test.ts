import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { parsePackageCatalog } from '../../model/package-catalog.ts'
import {
  type PackageCall,
  packageCalls,
  printedCommand,
  renamePackageCall,
} from '../../testing/package-answer.ts'
import {
  PACKAGE_CASES,
  type PackageCase,
  readPackageCase,
  renamePackageCase,
} from '../../testing/package-case.ts'
import { isNameCheckOff, planPackageFiles } from './package-plan.ts'

/** Options of `install_packages` that change nothing in what is planned; the others are those of the program itself. */
const PLAIN = new Set(['-n', '-v', '-m', '-N'])

const isPlain = ({ args }: PackageCase): boolean =>
  args.every(word => PLAIN.has(word) || /^[0-9]+$/.test(word))

const planOf = ({ args, classes, env, files, catalog }: PackageCase) =>
  planPackageFiles(
    {
      classes,
      files: classes.flatMap(name =>
        files[name] === undefined ? [] : [{ class: name, path: name, text: files[name] }],
      ),
    },
    {
      variables: env,
      catalog: args.includes('-N') || isNameCheckOff(env) ? undefined : parsePackageCatalog(catalog),
      root: env['FAI_ROOT'],
    },
  )

const plain = PACKAGE_CASES.filter(name => isPlain(readPackageCase(name)))

t.ok(
  plain.length >= 25,
  `${plain.length} cases of ${PACKAGE_CASES.length} in the corpus beside the repository are planned`,
)

const wanted = ({ expected, env }: PackageCase) => {
  // What was really run is told from inside the target.
  const commands = expected.really_run?.map(line => `chroot ${env['FAI_ROOT']} ${line}`) ?? expected.commands
  return packageCalls(commands, env)
}

const compare = (t: Test, found: PackageCase, want: readonly PackageCall[]): void => {
  const { value: plan } = planOf(found)
  t.equal(plan === undefined, found.expected.exit_code === 255, 'refused where FAI ends')
  if (plan === undefined) return
  t.strictSame(packageCalls(plan.commands.map(printedCommand), found.env), want)
}

for (const name of plain) {
  t.test(name, async t => {
    const found = readPackageCase(name)
    compare(t, found, wanted(found))
    compare(t, renamePackageCase(found), wanted(found).map(renamePackageCall))
  })
}

t.test('each difference that README lists has its test', async t => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, table = ''] = /^\| of `package_config` .*\n\|---.*\n((?:\|.*\n)+)/m.exec(readme) ?? []
  const rows = [...table.matchAll(/^\| .* \| (.*) \|$/gm)].map(([, title = '']) => title)
  const tests = ['packages', 'package-plan', 'package-check']
    .map(name => readFileSync(new URL(`${name}.test.ts`, import.meta.url), 'utf8'))
    .join('')
  t.ok(rows.length > 5)
  for (const title of rows) t.ok(tests.includes(`'${title}'`), title)
})
