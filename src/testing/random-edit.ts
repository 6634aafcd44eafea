import type { Random } from './random.ts'
import { drawMembership, FAULTY_CLASSES } from './random-site-classes.ts'

/** One edit of the text of a source; the outcome may be no valid text. */
export type TextEdit = (random: Random, text: string) => string

const DOMAINS = ['example.test', 'lab.example.test', 'prod.example.test']

/** A host that may be there already, and may be a new one. */
const drawOwner = (random: Random): string => `h${random.below(45)}.${random.pick(DOMAINS)}.`
const drawClass = (random: Random): string =>
  random.below(6) === 0 ? random.pick(FAULTY_CLASSES) : `C${random.below(60)}`

const appendLine =
  (line: (random: Random) => string): TextEdit =>
  (random, text) =>
    `${text}${line(random)}\n`

/** Of the lines, or entries, that match. */
const dropOne =
  (between: string, pattern: RegExp): TextEdit =>
  (random, text) => {
    const parts = text.split(between)
    const matching = [...parts.keys()].filter(index => pattern.test(parts[index] ?? ''))
    return matching.length === 0 ? text : parts.toSpliced(random.pick(matching), 1).join(between)
  }

/** Edits of a master file: memberships, addresses, aliases, domains and definitions come and go. */
export const ZONE_EDITS: readonly TextEdit[] = [
  dropOne('\n', /^\S*h\d+\S* IN (A|AAAA|TXT|CNAME) /),
  dropOne('\n', /^\S*h\d+\S* IN A /),
  dropOne('\n', /_class IN TXT/),
  dropOne('\n', /^_default\S* IN TXT/),
  dropOne('\n', /^_fai\.shared/),
  appendLine(random => `${drawOwner(random)} IN A 10.9.9.${random.below(200)}`),
  appendLine(random => `_fai.${drawOwner(random)} IN TXT "${drawMembership(random, 3)}"`),
  appendLine(random => `_fai.${drawOwner(random)} IN TXT "${drawClass(random)}"`),
  appendLine(random => `${drawOwner(random)} IN TXT "C${random.below(60)} C${random.below(60)}"`),
  appendLine(random => `_fai.${drawOwner(random)} IN CNAME _fai.shared`),
  appendLine(random => `${drawOwner(random)} IN CNAME ${drawOwner(random)}`),
  appendLine(random => `_fai.shared IN TXT "${random.below(900)} ${drawClass(random)}"`),
  appendLine(
    random => `_default._fai.${random.pick(DOMAINS)}. IN TXT "${random.below(900)} C${random.below(60)}"`,
  ),
  appendLine(
    random => `${drawClass(random)}._class IN TXT "requires=${random.below(900)} ${drawClass(random)}"`,
  ),
  appendLine(random => `${drawClass(random)}._class IN TXT "description=x${random.below(9)}"`),
]

const BASE = 'dc=example,dc=test'

/** Adds lines to an entry that matches. */
const extendOne =
  (pattern: RegExp, line: (random: Random) => string): TextEdit =>
  (random, text) => {
    const entries = text.split('\n\n')
    const matching = [...entries.keys()].filter(index => pattern.test(entries[index] ?? ''))
    if (matching.length === 0) return text
    const at = random.pick(matching)
    return entries.with(at, `${(entries[at] ?? '').trimEnd()}\n${line(random)}`).join('\n\n')
  }

const addEntry =
  (lines: (random: Random, name: string) => readonly string[]): TextEdit =>
  (random, text) => {
    const name = `n${random.below(1_000_000)}`
    return `${text.trimEnd()}\n\n${lines(random, name).join('\n')}\n`
  }

/** Edits of an LDIF: entries of every kind, their memberships, names, members and definitions. */
export const LDIF_EDITS: readonly TextEdit[] = [
  dropOne('\n\n', /objectClass: (device|groupOf|nisNetgroup|faiClassEntry)/i),
  dropOne('\n', /^(associatedDomain|faiMembership|faiRequires|member|nisNetgroupTriple): /),
  extendOne(
    /objectClass: faiMember/,
    random => `faiMembership: ${random.below(900)} ${drawMembership(random, 2)}`,
  ),
  extendOne(/objectClass: faiMember/, random => `faiMembership: ${random.below(900)} ${drawClass(random)}`),
  extendOne(
    /objectClass: domainRelatedObject/,
    random => `associatedDomain: ${drawOwner(random).slice(0, -1)}`,
  ),
  extendOne(/objectClass: faiClassEntry/, random => `faiRequires: ${random.below(900)} ${drawClass(random)}`),
  addEntry((random, name) => [
    `dn: cn=${name},ou=classes,${BASE}`,
    'objectClass: faiClassEntry',
    `cn: ${drawClass(random)}`,
    `faiRequires: C${random.below(60)}`,
  ]),
  addEntry((random, name) => {
    const owner = drawOwner(random).slice(0, -1)
    return [
      `dn: serialNumber=${name},ou=hosts,${BASE}`,
      'objectClass: device',
      'objectClass: faiMember',
      `cn: ${random.below(2) === 0 ? owner : owner.split('.', 1)[0]}`,
      `faiMembership: ${drawMembership(random, 2)}`,
    ]
  }),
]
