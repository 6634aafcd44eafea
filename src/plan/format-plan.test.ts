import t from 'tap'
import { describeStep, formatPlan, formatPlanJson, formatWords } from './format-plan.ts'
import { MASK } from './mask-secrets.ts'
import type { Plan, Step } from './step.ts'
import type { PackageGroup } from './system/packages.ts'
import { systemStep } from './system/system-step.ts'

const origin = { kind: 'file', path: 'package_config/WEB', line: 3 } as const
const group = (type: PackageGroup['type'], ...words: string[]): PackageGroup => ({
  type,
  packages: words.map(word => ({ word, class: 'WEB', origin })),
})

const run = (argv: string[], inTarget = false) =>
  systemStep('updatebase', 'run', 'run a program', { kind: 'run', argv, inTarget })

const plan = (steps: readonly Step[], over: Partial<Plan> = {}): Plan => ({
  host: 'web01',
  fqdn: 'web01.example.test',
  classes: ['DEFAULT', 'WEB', 'LAST'],
  variables: {},
  diskVariables: {},
  faiAction: 'install',
  configSpace: '/srv/fai/config',
  templates: [],
  steps,
  ...over,
})

t.test('a plan begins with the host and its classes', async t => {
  t.equal(formatPlan(plan([])), 'plan for web01 (web01.example.test): 0 steps\nclasses: DEFAULT WEB LAST\n')
  t.match(formatPlan(plan([], { fqdn: undefined })), /^plan for web01: 0 steps$/m)
})

t.test('templates say which class they are of, and that a script has to ask', async t => {
  const template = {
    class: 'WEB',
    path: '/srv/fai/config/files/etc/motd/WEB',
    targetPath: '/etc/motd',
    executable: false,
  }
  t.equal(
    formatPlan(plan([], { templates: [template] })),
    `plan for web01 (web01.example.test): 0 steps
classes: DEFAULT WEB LAST

templates, copied where a script calls fcopy
  /etc/motd  [WEB, /srv/fai/config/files/etc/motd/WEB]
`,
  )
})

t.test('steps stand below their task with the commands that they run', async t => {
  const because = [{ class: 'WEB', origin: { kind: 'file', path: 'debconf/WEB' } }] as const
  const text = formatPlan(
    plan([
      systemStep(
        'debconf',
        'debconf',
        'preseed debconf',
        { kind: 'run-tool', argv: ['fai-debconf', 'a b'] },
        because,
      ),
      run(['apt-get', 'update'], true),
      run(['sync']),
      systemStep('savelog', 'unmount', 'unmount everything', { kind: 'unmount-all' }),
    ]),
  )
  t.equal(
    text.split('\n').slice(2).join('\n'),
    `
task debconf
  1. preseed debconf  [WEB, debconf/WEB]
       $ fai-debconf 'a b'

task updatebase
  2. run a program
       $ chroot TARGET apt-get update
  3. run a program
       $ sync

task savelog
  4. unmount everything
`,
  )
})

t.test('each package stands below its type with the line that asks for it', async t => {
  const backports = { ...group('install', 'nginx'), release: 'bookworm-backports' }
  const list = { groups: [group('install', 'mc', 'vim-'), backports], preloads: [] }
  const action = { kind: 'install-packages', list, localPackages: [], respectsHolds: false } as const
  t.match(
    formatPlan(plan([systemStep('instsoft', 'packages', 'install', action)])),
    `  1. install
       install:
         mc  [WEB, package_config/WEB:3]
         vim-  [WEB, package_config/WEB:3]
       install from bookworm-backports:
         nginx  [WEB, package_config/WEB:3]
`,
  )
})

t.test('what destroys says so, and a reason without a class is a place alone', async t => {
  const step = { ...run([]), destroys: true, because: [{ origin }, { class: 'WEB', origin }] }
  t.equal(
    describeStep(step),
    'run a program  (destroys what is there)  [package_config/WEB:3; WEB, package_config/WEB:3]',
  )
})

t.test('a secret is masked in text and JSON, wherever it stands', async t => {
  const secret = plan([run(['echo', 'correct horse'])], { variables: { ROOTPW: 'correct horse' } })
  t.match(formatPlan(secret), `echo '${MASK}'`)
  const json = JSON.parse(formatPlanJson(secret))
  t.strictSame([json.variables.ROOTPW, json.steps[0].action.argv[1]], [MASK, MASK])
})

t.test('words without a name yet, and lines of a script, on one line', async t => {
  t.equal(
    formatWords(['mount', { device: 'p1' }, { target: '/boot' }, { log: 'fstab' }, 'a\nb']),
    "mount {p1} TARGET/boot LOGDIR/fstab 'a\\nb'",
  )
})
