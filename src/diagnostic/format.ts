import type { Diagnostic, Origin } from './diagnostic.ts'

/** An origin as one phrase that an operator can go to, for example `site.zone:12: TXT WEB._class.example.test`. */
export const formatOrigin = (origin: Origin): string => {
  switch (origin.kind) {
    case 'record': {
      const record = `${origin.type} ${origin.owner}`
      return origin.path === undefined
        ? `zone ${origin.zone}: ${record}`
        : `${inFile(origin.path, origin.line)}: ${record}`
    }
    case 'entry': {
      const entry = origin.attribute === undefined ? origin.dn : `${origin.dn} ${origin.attribute}`
      return origin.path === undefined ? `entry ${entry}` : `${inFile(origin.path, origin.line)}: ${entry}`
    }
    case 'file':
      return inFile(origin.path, origin.line, origin.column)
    case 'option':
      return origin.option
    case 'server':
      return origin.server
    case 'packet':
      return `${origin.protocol} packet from ${origin.peer}${origin.offset === undefined ? '' : `, octet ${origin.offset}`}`
    case 'device':
      return origin.path
  }
}

/** A diagnostic as the one line that stands on stderr: severity, code, place, message. */
export const formatDiagnostic = ({ severity, code, message, origin, related }: Diagnostic): string => {
  const places = (related ?? []).map(place => `\n  ${formatOrigin(place)}`).join('')
  return `${severity} ${code}: ${formatOrigin(origin)}: ${message}${places}`
}

const inFile = (path: string, line?: number, column?: number): string =>
  [path, line, column].filter(part => part !== undefined).join(':')
