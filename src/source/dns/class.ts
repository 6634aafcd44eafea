import type { ClassDefinition } from '../../model/catalog.ts'
import { type ClassName, foldClassName } from '../../model/class-name.ts'
import { readTexts } from '../zone/txt.ts'
import { parseClassTexts } from '../zone/txt-class.ts'
import { askFollowing } from './follow.ts'
import type { ZoneView } from './host.ts'

/** Asks for the definitions of these classes, all at once; those that there are, in the order asked. */
export const askClasses = async (
  { own, readers }: Pick<ZoneView, 'own' | 'readers'>,
  names: readonly ClassName[],
  signal: AbortSignal,
): Promise<readonly ClassDefinition[]> => {
  // A host class may hold dots; it is never an owner below `_class`.
  const asked = names.filter(name => !name.includes('.'))
  const found = await Promise.all(
    asked.map(async (name): Promise<ClassDefinition | undefined> => {
      const owner = `${name}._class.${own.zone}`
      const { records, diagnostics } = await askFollowing(own, readers, owner, 'TXT', signal)
      const texts = readTexts(records)
      if (texts.length === 0 && diagnostics.length === 0) return undefined
      const origin = texts[0]?.origin ?? { kind: 'record', zone: own.zone, owner, type: 'TXT' }
      const definition = parseClassTexts(name, origin, texts)
      return { ...definition, diagnostics: [...diagnostics, ...definition.diagnostics] }
    }),
  )
  return found.filter(definition => definition !== undefined)
}

/** For the style `bare`: a class is known where its own zone defines it. */
export const definedIn =
  (zones: Pick<ZoneView, 'own' | 'readers'>): ZoneView['knownClasses'] =>
  async (names, signal) => {
    const definitions = await askClasses(zones, names, signal)
    return new Set(definitions.map(definition => foldClassName(definition.name)))
  }
