import { formatOrigin } from '../diagnostic/format.ts'
import type { Template } from '../model/config-space.ts'
import { shellWord } from '../model/shell-word.ts'
import { formatDisks } from './disk/format-disk.ts'
import { showStoragePlan } from './disk/steps/format-storage-plan.ts'
import { maskVariables, secretMasker } from './mask-secrets.ts'
import type { Because, Plan, Step, Word } from './step.ts'

/**
 * A plan for people: classes, disks, then every step in order with what asked for it. Secrets are masked. Pure. `disks` are
 * lines that show the disks of the machine; an image is shown without them.
 */
export const formatPlan = (plan: Plan, disks: readonly string[] = formatDisks(plan.steps)): string => {
  const name = plan.fqdn === undefined ? plan.host : `${plan.host} (${plan.fqdn})`
  const lines = [
    `plan for ${name}: ${plan.steps.length} steps`,
    `classes: ${plan.classes.join(' ')}`,
    ...disks,
    ...formatTemplates(plan.templates),
    ...formatSteps(plan.steps),
  ]
  return secretMasker(plan.variables)(`${lines.join('\n')}\n`)
}

/** A plan as one JSON object, secrets masked. Pure. */
export const formatPlanJson = (plan: Plan): string => {
  const mask = secretMasker(plan.variables)
  const shown = { ...plan, variables: maskVariables(plan.variables), steps: plan.steps.map(showStep) }
  const masked = JSON.stringify(shown, (_key, value) => (typeof value === 'string' ? mask(value) : value), 2)
  return `${masked}\n`
}

/** A plan of the disks as `disks plan` shows it: without its passphrases, and without the machine. */
const showStep = (step: Step): object =>
  step.action.kind === 'change-storage'
    ? { ...step, action: { kind: step.action.kind, storage: showStoragePlan(step.action.storage) } }
    : step

/** What scripts will find when they call fcopy. */
const formatTemplates = (templates: readonly Template[]): readonly string[] =>
  templates.length === 0
    ? []
    : [
        '',
        'templates, copied where a script calls fcopy',
        ...templates.map(({ targetPath, class: name, path }) => `  ${targetPath}  [${name}, ${path}]`),
      ]

const formatSteps = (steps: readonly Step[]): readonly string[] => {
  const width = String(steps.length).length
  let task: Step['task'] | undefined
  return steps.flatMap((step, index) => {
    const head = step.task === task ? [] : ['', `task ${step.task}`]
    task = step.task
    const number = String(index + 1).padStart(width)
    const more = [...commandsOf(step).map(words => `$ ${words}`), ...packagesOf(step)]
    const indent = `  ${' '.repeat(width)}    `
    return [...head, `  ${number}. ${describeStep(step)}`, ...more.map(line => indent + line)]
  })
}

/** A step as one line: its title, what it destroys, and the class, record or file that asked for it. Pure. */
export const describeStep = ({ title, destroys, because }: Step): string => {
  const reason = because.length === 0 ? '' : `  [${formatReasons(because)}]`
  return `${title}${destroys ? '  (destroys what is there)' : ''}${reason}`
}

/** What asked for a step, as one line: class and place of each. Pure. */
export const formatReasons = (because: readonly Because[]): string =>
  because
    .map(({ class: name, origin }) => `${name === undefined ? '' : `${name}, `}${formatOrigin(origin)}`)
    .join('; ')

/** The programs of a step as one would type them. */
const commandsOf = ({ action }: Step): readonly string[] => {
  if (action.kind === 'format') return action.commands.map(formatWords)
  if (action.kind === 'run-tool') return [formatWords(action.argv)]
  if (action.kind !== 'run') return []
  return [`${action.inTarget === true ? 'chroot TARGET ' : ''}${formatWords(action.argv)}`]
}

/** Each package with the class and the line that ask for it, below its type. */
const packagesOf = ({ action }: Step): readonly string[] =>
  action.kind === 'install-packages'
    ? action.list.groups.flatMap(({ type, release, packages }) => [
        `${type}${release === undefined ? '' : ` from ${release}`}:`,
        ...packages.map(each => `  ${each.word}  [${each.class}, ${formatOrigin(each.origin)}]`),
      ])
    : []

/** A command as one would type it, on one line. Pure. */
export const formatWords = (words: readonly Word[]): string =>
  words.map(word => shellWord(formatWord(word).replaceAll('\n', '\\n'))).join(' ')

/** A word as it is shown before its device or directory has a name. Pure. */
export const formatWord = (word: Word): string => {
  if (typeof word === 'string') return word
  if ('device' in word) return `{${word.device}}`
  return 'target' in word ? `TARGET${word.target}` : `LOGDIR/${word.log}`
}
