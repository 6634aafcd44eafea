import t from 'tap'
import { parseKernelCommandLine } from './kernel-command-line.ts'

const parametersOf = (text: string) => Object.fromEntries(parseKernelCommandLine(text))

t.test('names and values, in any order among other words', async t => {
  t.strictSame(parametersOf('quiet console=tty0 FAI_ACTION=install hostname=web01 splash\n'), {
    console: 'tty0',
    FAI_ACTION: 'install',
    hostname: 'web01',
  })
})

t.test('the last of a name counts', async t => {
  t.strictSame(parametersOf('console=tty0 console=ttyS0,115200'), { console: 'ttyS0,115200' })
})

t.test('quotes as the kernel has them', async t => {
  t.strictSame(parametersOf('a="b c" "d=e f" g="h'), { a: 'b c', d: 'e f', g: 'h' })
  t.strictSame(parametersOf('a=b"c d"e'), { a: 'b"c d"e' })
})

t.test('nothing is evaluated', async t => {
  t.strictSame(parametersOf('FAI_FLAGS=$(reboot) ADDCLASSES=`id` x=$HOME z=a=b'), {
    FAI_FLAGS: '$(reboot)',
    ADDCLASSES: '`id`',
    x: '$HOME',
    z: 'a=b',
  })
})

t.test('a word without a name is none', async t => {
  t.strictSame(parametersOf('=value ä=b "" "'), {})
})
