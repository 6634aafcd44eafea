/** Elements of an array that are made to text at once. */
const PIECE_ITEMS = 500
/** Containers that are taken apart; what is deeper is small. */
const LEVELS = 4

/**
 * The text that `JSON.stringify` makes of plain data, piece by piece, for data so large that others have to get a turn
 * meanwhile. Pure.
 */
export function* jsonPieces(value: unknown, levels = LEVELS): Generator<string> {
  if (levels === 0 || typeof value !== 'object' || value === null) yield JSON.stringify(value) ?? 'null'
  else if (Array.isArray(value)) yield* arrayPieces(value, levels)
  else yield* objectPieces(Object.entries(value), levels)
}

function* arrayPieces(items: readonly unknown[], levels: number): Generator<string> {
  yield '['
  if (items.length < PIECE_ITEMS) {
    for (const [index, item] of items.entries()) {
      if (index > 0) yield ','
      yield* jsonPieces(item, levels - 1)
    }
  } else {
    for (let start = 0; start < items.length; start += PIECE_ITEMS) {
      const piece = JSON.stringify(items.slice(start, start + PIECE_ITEMS)).slice(1, -1)
      yield start === 0 ? piece : `,${piece}`
    }
  }
  yield ']'
}

function* objectPieces(entries: readonly (readonly [string, unknown])[], levels: number): Generator<string> {
  yield '{'
  const present = entries.filter(([, value]) => value !== undefined)
  for (const [index, [key, value]] of present.entries()) {
    yield `${index > 0 ? ',' : ''}${JSON.stringify(key)}:`
    yield* jsonPieces(value, levels - 1)
  }
  yield '}'
}

/** Joins pieces up to about so many characters each. Pure. */
export function* joinPieces(pieces: Iterable<string>, characters: number): Generator<string> {
  let joined = ''
  for (const piece of pieces) {
    joined += piece
    if (joined.length < characters) continue
    yield joined
    joined = ''
  }
  if (joined !== '') yield joined
}
