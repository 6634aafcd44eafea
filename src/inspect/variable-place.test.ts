import { join } from 'node:path'
import t from 'tap'
import { withFiles } from '../testing/site-files.ts'
import { findVariablePlace } from './variable-place.ts'

const files = {
  'class/FAIBASE.var': '# FAI_DEBOOTSTRAP=no\nFAI_DEBOOTSTRAP="a b"\n',
  'class/DEBIAN.var': 'X=1\n  export FAI_DEBOOTSTRAP="c d"\nFAI_DEBOOTSTRAP_OPTS=x\nFAI_DEBOOTSTRAP="e f"\n',
}

t.test('the last line of the highest class that sets it', async t =>
  withFiles(files, async directory => {
    const find = (...classes: string[]) => findVariablePlace(directory, classes, 'FAI_DEBOOTSTRAP')
    t.strictSame(await find('FAIBASE', 'DEBIAN', 'LAST'), {
      class: 'DEBIAN',
      origin: { kind: 'file', path: join(directory, 'class/DEBIAN.var'), line: 4 },
    })
    t.match(await find('DEBIAN', 'FAIBASE'), { class: 'FAIBASE', origin: { line: 2 } })
    t.strictSame(await find('LAST'), { origin: { kind: 'file', path: join(directory, 'class') } })
  }),
)
