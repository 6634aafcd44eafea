import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './golden.ts'

/** A fenced block of a document. */
export type Block = {
  /** What stands behind the fence, for example `console root`. */
  readonly label: string
  /** The line of the opening fence, counted from 1. */
  readonly line: number
  readonly text: string
}

/** A command of a `console` block and what it prints; a line `...` stands for any lines. */
export type Example = { readonly command: string; readonly output: readonly string[]; readonly line: number }

/** Its path. */
const README = join(ROOT, 'README.md')

/** Every fenced block of a Markdown text. Pure. */
export const blocksOf = (markdown: string): readonly Block[] => {
  const blocks: Block[] = []
  let open: { label: string; line: number; lines: string[] } | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    if (open === undefined && line.startsWith('```'))
      open = { label: line.slice(3), line: index + 1, lines: [] }
    else if (open !== undefined && line === '```') {
      blocks.push({ label: open.label, line: open.line, text: open.lines.map(each => `${each}\n`).join('') })
      open = undefined
    } else open?.lines.push(line)
  }
  return blocks
}

/** The cells of each row of the table between `<!-- NAME -->` and `<!-- end of NAME -->`. Pure. */
export const rowsOf = (markdown: string, name: string): readonly (readonly string[])[] => {
  const table = new RegExp(`<!-- ${name} -->\n(.*?)<!-- end of ${name} -->`, 's').exec(markdown)?.[1] ?? ''
  const rows = table.trim().split('\n').slice(2)
  return rows.map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )
}

/** The commands of a `console` block: each line that begins with `$ ` and the lines below it. Pure. */
export const examplesOf = ({ text, line: start }: Block): readonly Example[] => {
  const examples: { command: string; output: string[]; line: number }[] = []
  for (const [index, line] of text.trimEnd().split('\n').entries()) {
    if (line.startsWith('$ ')) examples.push({ command: line.slice(2), output: [], line: start + 1 + index })
    else examples.at(-1)?.output.push(line)
  }
  return examples
}

/** Whether printed lines are those of an example, `...` standing for any number of lines. Pure. */
export const isOutputOf = (example: Pick<Example, 'output'>, printed: readonly string[]): boolean => {
  const [want, ...rest] = example.output
  if (want === undefined) return printed.length === 0
  if (want !== '...') return want === printed[0] && isOutputOf({ output: rest }, printed.slice(1))
  if (rest.length === 0) return true
  return printed.some((_, index) => isOutputOf({ output: rest }, printed.slice(index)))
}

/** The text of README. */
export const readReadme = (): Promise<string> => readFile(README, 'utf8')

/** Puts new output below the command of an example, for `npm run golden`. */
export const rewriteExample = async (example: Example, printed: readonly string[]): Promise<void> => {
  const lines = (await readReadme()).split('\n')
  const at = lines.findIndex((line, index) => line === `$ ${example.command}` && index >= 0)
  lines.splice(at + 1, example.output.length, ...printed)
  await writeFile(README, lines.join('\n'))
}
