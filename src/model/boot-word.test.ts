import t from 'tap'
import { bootWords, isBootWord, isPathBelow } from './boot-word.ts'

t.test('a word has no blank, nothing that iPXE expands, and is no end of a command', async t => {
  for (const word of ['console=ttyS0,115200n8', 'a="b', "it's", 'x#y', 'a&&b', '$x', '{', '~'])
    t.ok(isBootWord(word), word)
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it must not be one.
  for (const word of ['', 'a b', 'a\tb', 'a\nb', 'ä', '\x7f', 'a\\', '${x}', 'a${x', '#', ';', '&&', '||'])
    t.notOk(isBootWord(word), JSON.stringify(word))
})

t.test('a command line is cut at blanks', async t => {
  t.strictSame(bootWords('  a=1\tb \n c '), ['a=1', 'b', 'c'])
  t.strictSame(bootWords(''), [])
})

t.test('a path leads to a file below the root', async t => {
  for (const path of ['vmlinuz', 'debian/12/initrd.img', '.hidden', 'a~b+c=d,e@f'])
    t.ok(isPathBelow(path), path)
  for (const path of ['', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a b', 'a%2fb', 'a?b', 'ä'])
    t.notOk(isPathBelow(path), path)
})
