import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../testing/test-files.ts'
import { formatSamples, sampleRuns } from './sample.ts'

const ROUNDS = 15
const PEER = 'node -e 0'
const ARGS = ['lookup', 'web01', '--config', join(ROOT, 'fixtures/demo/fai-classes.yaml')] as const

/**
 * One whole `lookup` from files, as an administrator starts it, beside the same Node that does nothing. The bundle is
 * what counts; the run from the sources is shown, and has no bound.
 */
export const run = (): void => {
  const built = spawnSync(process.execPath, [join(ROOT, 'src/testing/build.ts')], { stdio: 'inherit' })
  if (built.status !== 0) throw new Error('the build failed')
  const samples = sampleRuns(
    [
      { name: PEER, argv: [process.execPath, '-e', '0'] },
      { name: 'lookup, bundled', argv: [join(ROOT, 'bin/fai-classes'), ...ARGS] },
      { name: 'lookup, from the sources', argv: [process.execPath, join(ROOT, 'src/main.ts'), ...ARGS] },
    ],
    ROUNDS,
  )
  const [peer, bundled] = samples
  const ratio = (bundled?.medianMs ?? NaN) / (peer?.medianMs ?? NaN)
  process.stdout.write(`${formatSamples(samples, PEER)}\n`)
  process.stdout.write(`lookup: ${ratio.toFixed(1)}x ${PEER} (wall, median of ${ROUNDS})\n`)
}
