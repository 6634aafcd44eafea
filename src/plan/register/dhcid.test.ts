import t from 'tap'
import { dhcidOf, ownershipOf } from './dhcid.ts'

t.test('the second example of RFC 4701, section 3.6', async t => {
  const identifier = Buffer.from('010708090a0b0c', 'hex')
  t.equal(dhcidOf(identifier, 'chi.example.com'), 'AAEBOSD+XR3Os/0LozeXVqcNc7FwCfQdWL3b/NaiUDlW2No=')
})

t.test('the record depends on the name, ignoring case', async t => {
  t.equal(ownershipOf('WEB01.example.test'), ownershipOf('web01.example.test'))
  t.not(ownershipOf('web02.example.test'), ownershipOf('web01.example.test'))
})
