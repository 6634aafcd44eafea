import type { Environment } from './tool.ts'

/** A name between `{%` and `%}` for which there is no variable, and its line from 1. */
export type Unknown = { readonly name: string; readonly line: number }

/**
 * Puts the value of a variable for every `{%name%}`; a name that is no variable becomes `${name}`, as in FAI, and is told.
 * Works on bytes, so that text in any encoding stays as it is. Pure.
 */
export const substitute = (
  content: Uint8Array,
  env: Environment,
): { readonly content: Uint8Array; readonly unknown: readonly Unknown[] } => {
  const unknown: Unknown[] = []
  const text = Buffer.from(content).toString('latin1')
  const filled = text.replace(/\{%([A-Za-z0-9_]+)%\}/g, (_, name: string, offset: number) => {
    const value = env[name]
    if (value !== undefined) return Buffer.from(value).toString('latin1')
    unknown.push({ name, line: text.slice(0, offset).split('\n').length })
    return `\${${name}}`
  })
  return { content: Buffer.from(filled, 'latin1'), unknown }
}
