import t from 'tap'
import { parsePackageCatalog } from './package-catalog.ts'

t.test('names of packages and what they provide without a version', async t => {
  const text = `Package: vim
Version: 2:9.0
Provides: editor, vim-abi (= 9), vim-plugin
Description: Provides: nothing

Package: mc
Provides:
`
  t.strictSame([...parsePackageCatalog(text)].sort(), ['editor', 'mc', 'vim', 'vim-plugin'])
})
