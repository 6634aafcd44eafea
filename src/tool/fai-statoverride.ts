import { type Tool, ToolError, wordsOf } from './tool.ts'

/**
 * `fai-statoverride OWNER GROUP MODE FILE...`: an entry of dpkg-statoverride for each file that has none
 * (fai-semantics.md, section 3.6). Exit 1 where one cannot be made.
 */
export const faiStatoverride: Tool = async (args, { env, cwd, run, print }) => {
  const [owner, group, mode, ...files] = args
  if (owner === undefined || group === undefined || mode === undefined) {
    throw new ToolError('usage: fai-statoverride OWNER GROUP MODE FILE...', 1)
  }
  const call = (words: readonly string[], read: boolean) => {
    const [first, ...rest] = [...wordsOf(env['ROOTCMD']), 'dpkg-statoverride', ...words]
    return run([first as string, ...rest], { env, cwd, read })
  }
  let worst = 0
  for (const file of files) {
    const { stdout } = await call(['--list'], true)
    if (stdout.split('\n').some(line => line.split(' ').slice(3).join(' ') === file)) continue
    print(`Overriding owner and mode: ${owner} ${group} ${mode} ${file}`)
    const { code } = await call(['--update', '--add', owner, group, mode, file], false)
    if (code !== 0) worst = 1
  }
  return worst
}
