import { programRunner } from './tool/program.ts'
import { runTool } from './tool/run-tool.ts'

// Not awaited: the bundle is CommonJS, which has no await at its top level.
runTool(process.argv[2] ?? '', process.argv.slice(3), {
  env: process.env,
  cwd: process.cwd(),
  print: line => process.stdout.write(`${line}\n`),
  complain: line => process.stderr.write(`${line}\n`),
  run: programRunner(),
}).then(code => {
  process.exitCode = code
})
