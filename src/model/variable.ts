import { errorAt, type Origin, type Outcome } from '../diagnostic/diagnostic.ts'
import { quote } from './grammar.ts'
import type { CountSteps } from './steps.ts'

/** One `NAME=value` of a class or a place. */
export type VariableSetting = { readonly name: string; readonly value: string; readonly origin: Origin }

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const MAX_NAME_OCTETS = 128

const REFUSED = new Set(
  (
    'PATH IFS ENV BASH_ENV SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND CDPATH GLOBIGNORE HOME EUID UID PPID ' +
    'FAI FAI_ROOT target LOGDIR classes HOSTNAME ROOTCMD disklist'
  ).split(' '),
)
const REFUSED_PREFIXES = ['LD_', 'BASH_FUNC_']

/** Parses `NAME=value` (contract, section 2.4); bad text gives the error `bad-variable`. Pure. */
export const parseVariable = (text: string, origin: Origin, count?: CountSteps): Outcome<VariableSetting> => {
  count?.(text.length)
  const equals = text.indexOf('=')
  if (equals < 0) return bad(`${quote(text)} has no "="`, origin)
  return checkVariable(text.slice(0, equals), text.slice(equals + 1), origin)
}

/** Checks a name and a value that stand apart already, as in `var.NAME=value`. Pure. */
export const checkVariable = (name: string, value: string, origin: Origin): Outcome<VariableSetting> => {
  if (!NAME.test(name) || name.length > MAX_NAME_OCTETS)
    return bad(`${quote(name)} is not a variable name`, origin)
  if (REFUSED.has(name) || REFUSED_PREFIXES.some(prefix => name.startsWith(prefix))) {
    return bad(`variable ${name} may not be set from a source`, origin)
  }
  if (value.includes('\0')) return bad(`the value of ${name} holds a NUL`, origin)
  if (value.includes('\uFFFD')) return bad(`the value of ${name} is not UTF-8`, origin)
  return { value: { name, value, origin }, diagnostics: [] }
}

const bad = (message: string, origin: Origin): Outcome<VariableSetting> => ({
  value: undefined,
  diagnostics: [errorAt('bad-variable', message, origin)],
})
