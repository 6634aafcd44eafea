import type { Random } from './random.ts'

/** A class and its strings, each `KEY=text` as below `_class`. */
export type DrawnClass = { readonly name: string; readonly strings: readonly string[] }

const ORDINARY = 60
/** Of those a class requires what stands before it, so that faults come from the classes below alone. */
const ordinaryNames: readonly string[] = Array.from({ length: ORDINARY }, (_, index) => `C${index}`)

/** Classes that are wrong, alone or together. */
const FAULTY: readonly DrawnClass[] = [
  { name: 'LOOP1', strings: ['requires=C1 LOOP2'] },
  { name: 'LOOP2', strings: ['after=LOOP1', 'requires=C2'] },
  { name: 'SELF', strings: ['requires=SELF'] },
  { name: 'CLASH', strings: ['conflicts=C3 C4', 'requires=C5'] },
  { name: 'UNPARSED', strings: ['requires=C1 !C2'] },
  { name: 'ODDKEY', strings: ['colour=red'] },
  { name: 'BADVAR', strings: ['var.PATH=/tmp'] },
  { name: 'IMPLICIT', strings: ['requires=LAST C7', 'after=DEFAULT'] },
  { name: 'CASED', strings: ['requires=c8 C8'] },
  { name: 'TIED', strings: ['requires=C9', 'requires=C10'] },
]

/** What harms whoever asks for it; `NOWHERE` is defined nowhere. */
export const FAULTY_CLASSES: readonly string[] = [...FAULTY.map(({ name }) => name), 'NOWHERE', 'c11']

/** Definitions of all these classes. */
export const drawClasses = (random: Random): readonly DrawnClass[] => [
  ...ordinaryNames.map((name, index) => drawClass(random, name, ordinaryNames.slice(0, index))),
  ...FAULTY,
]

const drawClass = (random: Random, name: string, earlier: readonly string[]): DrawnClass => {
  const list = (most: number): string => random.sample(earlier, 1 + random.below(most)).join(' ')
  const strings = [`description=${name} of the site`]
  if (earlier.length > 12) {
    if (random.below(2) === 0) strings.push(`requires=${list(2)}`)
    if (random.below(4) === 0) strings.push(`requires=2000 ${drawCondition(random)} ${list(2)}`)
    if (random.below(4) === 0) strings.push(`after=${list(3)}`)
  }
  if (random.below(4) === 0) strings.push(`var.V${random.below(8)}=${random.pick(VALUES)} ${name}`)
  return { name, strings }
}

/** A condition on ordinary classes. */
export const drawCondition = (random: Random): string => {
  const [a, b, c] = [random.pick(ordinaryNames), random.pick(ordinaryNames), random.pick(ordinaryNames)]
  return random.pick([`[!${a}]`, `[${a} || ${b}]`, `[(${a} && !${b}) || ${c}]`])
}

/** Values that have to be quoted somewhere on their way. */
export const VALUES: readonly string[] = ['plain', "it's", 'a "b"', '$HOME;', 'back\\slash', 'x=y', '(c)']

/** Ordinary classes to add, and sometimes one to take away. */
export const drawMembership = (random: Random, most: number): string => {
  const tokens = random.sample(ordinaryNames, 1 + random.below(most))
  return random.below(5) === 0 ? `${tokens.join(' ')} -${random.pick(ordinaryNames)}` : tokens.join(' ')
}

/** Strings that are none of the grammar. */
export const FAULTY_STRINGS: readonly string[] = ['70000 C1', 'C1 & C2', '[C1 C2', '{0}C3', '-', 'C4 -9']
