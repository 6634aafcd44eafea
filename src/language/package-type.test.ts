import t from 'tap'
import { isBrokenType, isNameChecked, isRemoving, PACKAGE_TYPES, parsePackageType } from './package-type.ts'

t.test('a type is known by its name alone', async t => {
  t.equal(parsePackageType('install-norec'), 'install-norec')
  t.equal(parsePackageType('Install'), undefined)
  t.equal(parsePackageType('clean-internal'), undefined)
})

t.test('what takes away, what is looked up and what cannot be done are different types', async t => {
  t.equal(new Set(PACKAGE_TYPES).size, 35)
  t.strictSame(PACKAGE_TYPES.filter(isBrokenType), ['taskrm', 'taskinst', 'dselect-upgrade'])
  t.strictSame(
    PACKAGE_TYPES.filter(type => isRemoving(type) && isNameChecked(type)),
    [],
  )
})
