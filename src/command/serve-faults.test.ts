import t from 'tap'
import { parseConfig } from '../config/parse-config.ts'
import { formatDiagnostic } from '../diagnostic/format.ts'
import { findServeFaults, SERVE_PARTS, type ServePart } from './serve-faults.ts'

const THERE = ['root/vmlinuz', 'root/initrd.img']

const faultsOf = (serve: string, parts: readonly ServePart[] = SERVE_PARTS): readonly string[] => {
  const { value } = parseConfig(`sources: [{ kind: deps, path: class }]\nserve:\n${serve}`, 'c.yaml')
  if (value?.serve === undefined) throw new Error('the configuration is not valid')
  const surroundings = {
    originOf: value.originOf,
    resolvePath: (path: string) => path,
    isDirectory: (path: string) => path === 'root',
    isFile: (path: string) => THERE.includes(path),
  }
  return findServeFaults(value.serve, new Set(parts), surroundings).map(formatDiagnostic)
}

const TFTP = '  tftp: { listen: "192.0.2.1", root: root }\n'
const HTTP = '  http: { listen: "192.0.2.1" }\n'
const NO_LOADERS = '  boot: { loaders: {} }\n'

t.test('everything is there', async t => {
  t.strictSame(faultsOf(TFTP + HTTP + NO_LOADERS), [])
})

t.test('a root that is missing is an error, said once where HTTP has the one of TFTP', async t => {
  const tftp = TFTP.replace('root: root', 'root: roof')
  const want = ['error config-invalid: c.yaml:3:32: serve.tftp.root: "roof" is no directory']
  t.strictSame(faultsOf(tftp + HTTP), want)
  t.strictSame(faultsOf(tftp + HTTP, ['http']), want)
  t.strictSame(faultsOf(HTTP, ['http']), [
    'error config-invalid: c.yaml:3:3: serve.http.root is missing, and there is no serve.tftp.root',
  ])
})

t.test('a file that may come later is a warning at its key', async t => {
  t.strictSame(
    faultsOf(
      `${TFTP}${HTTP}  boot: { kernel: linux, loaders: { x64: x.efi }, byClass: { GPU: { initrd: gpu.img } } }\n`,
    ),
    [
      'warning boot-file-missing: c.yaml:5:11: serve.boot.kernel: there is no file "linux" below the root',
      'warning boot-file-missing: c.yaml:5:69: serve.boot.byClass.GPU.initrd: there is no file "gpu.img" below the root',
      'warning boot-file-missing: c.yaml:5:37: serve.boot.loaders.x64: there is no file "x.efi" below the root',
    ],
  )
})

t.test('DHCP alone needs no files', async t => {
  t.strictSame(faultsOf('  dhcp: { interface: br0 }\n', ['dhcp']), [])
})
