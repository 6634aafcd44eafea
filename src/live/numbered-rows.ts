/** Rows by name, each with a number for as long as it is there. */
export type NumberedRows<Row> = {
  readonly all: () => readonly Row[]
  readonly find: (name: string) => Row | undefined
  readonly at: (numbers: Iterable<number>) => readonly Row[]
  /** The row of this name; `row` where there was none. */
  readonly findOrAdd: (name: string, row: Row) => readonly [number: number, row: Row]
  readonly remove: (name: string) => readonly [number: number, row: Row] | undefined
}

/** Without a row. The numbers are small: those of rows that are gone are given again. */
export const numberedRows = <Row>(): NumberedRows<Row> => {
  const rows: (Row | undefined)[] = []
  const numbers = new Map<string, number>()
  const free: number[] = []
  const numberOf = (name: string): number => numbers.get(name) ?? -1
  return {
    all: () => rows.filter(row => row !== undefined),
    find: name => rows[numberOf(name)],
    at: found => [...found].flatMap(number => rows[number] ?? []),
    findOrAdd: (name, row) => {
      const known = rows[numberOf(name)]
      if (known !== undefined) return [numberOf(name), known]
      const number = free.pop() ?? rows.length
      rows[number] = row
      numbers.set(name, number)
      return [number, row]
    },
    remove: name => {
      const number = numberOf(name)
      const row = rows[number]
      if (row === undefined) return undefined
      rows[number] = undefined
      numbers.delete(name)
      free.push(number)
      return [number, row]
    },
  }
}
