import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { ROOT } from './test-files.ts'

/** What the rules of the house ask about one source file. Places are `path:line`. */
export type SourceFacts = {
  /** Relative to the top of the work tree. */
  readonly path: string
  readonly lines: number
  readonly imports: readonly Import[]
  /** `process.env`, `process.argv` and `process.exit`. */
  readonly processUses: readonly string[]
  /** Reads of the clock, timers and random numbers. */
  readonly impure: readonly string[]
  readonly defaultExports: readonly string[]
  readonly undocumented: readonly string[]
  readonly longFunctions: readonly string[]
}

/** What an import names, as it is written. */
export type Import = { readonly from: string; readonly at: string }

/** Lines that a function may have at most. */
export const FUNCTION_LINES = 60

const IMPURE = new Set([
  'Date.now',
  'Math.random',
  'crypto.getRandomValues',
  'crypto.randomUUID',
  'performance.now',
  'process.hrtime',
])
const IMPURE_CALLS = new Set(['randomBytes', 'randomInt', 'randomUUID', 'setInterval', 'setTimeout'])

/** Parses a file and gathers the facts. */
export const readSourceFacts = (path: string): SourceFacts => {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found = {
    imports: [] as Import[],
    processUses: [] as string[],
    impure: [] as string[],
    defaultExports: [] as string[],
    undocumented: [] as string[],
    longFunctions: [] as string[],
  }
  const lineOf = (position: number) => file.getLineAndCharacterOfPosition(position).line + 1
  const visit = (node: ts.Node): void => {
    const at = `${path}:${lineOf(node.getStart(file))}`
    const from = importedFrom(node)
    if (from !== undefined) found.imports.push({ from, at })
    if (ts.isPropertyAccessExpression(node)) {
      const access = node.getText(file)
      if (/^process\.(env|argv|exit)$/.test(access)) found.processUses.push(`${at} ${access}`)
      if (IMPURE.has(access)) found.impure.push(`${at} ${access}`)
    }
    if (isImpureCall(node, file)) found.impure.push(`${at} ${node.expression.getText(file)}`)
    if (isDefaultExport(node)) found.defaultExports.push(at)
    if (isUndocumentedExport(node)) found.undocumented.push(at)
    if (ts.isFunctionLike(node) && lineOf(node.end) - lineOf(node.getStart(file)) >= FUNCTION_LINES) {
      found.longFunctions.push(at)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return { path, lines: text.split('\n').length - 1, ...found }
}

const importedFrom = (node: ts.Node): string | undefined => {
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : undefined
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    return literalText(node.argument.literal)
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined
  const [argument] = node.arguments
  return argument === undefined ? undefined : literalText(argument)
}

const literalText = (node: ts.Node): string | undefined =>
  ts.isStringLiteralLike(node) ? node.text : undefined

/** A call of a timer or a source of randomness, or `new Date()` without an argument. */
const isImpureCall = (node: ts.Node, file: ts.SourceFile): node is ts.CallExpression | ts.NewExpression => {
  if (ts.isCallExpression(node)) return IMPURE_CALLS.has(node.expression.getText(file).replace(/^.*\./, ''))
  if (!ts.isNewExpression(node) || node.expression.getText(file) !== 'Date') return false
  return node.arguments === undefined || node.arguments.length === 0
}

const hasModifier = (node: ts.Node, kind: ts.SyntaxKind): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(modifier => modifier.kind === kind)

const isDefaultExport = (node: ts.Node): boolean =>
  ts.isExportAssignment(node) ||
  hasModifier(node, ts.SyntaxKind.DefaultKeyword) ||
  (ts.isExportSpecifier(node) && node.name.text === 'default')

const isUndocumentedExport = (node: ts.Node): boolean =>
  hasModifier(node, ts.SyntaxKind.ExportKeyword) && !ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc)
