import t from 'tap'
import { nearestName } from './nearest.ts'

t.test('the nearest known name, ignoring case', async t => {
  t.equal(nearestName('NGIMX', ['APACHE', 'NGINX', 'NGINX_OLD']), 'NGINX')
  t.equal(nearestName('web', ['DB', 'WEB']), 'WEB')
  t.equal(nearestName('paht', ['zone', 'path']), 'path')
})

t.test('no name where more than a third differs', async t => {
  t.equal(nearestName('NGINX', ['APACHE', 'PHP']), undefined)
})
