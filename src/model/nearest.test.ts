import t from 'tap'
import { nearestHint, nearestName } from './nearest.ts'

t.test('the nearest known name, ignoring case', async t => {
  t.equal(nearestName('NGIMX', ['APACHE', 'NGINX', 'NGINX_OLD']), 'NGINX')
  t.equal(nearestName('web', ['DB', 'WEB']), 'WEB')
  t.equal(nearestName('paht', ['zone', 'path']), 'path')
})

t.test('no name where more than a third differs', async t => {
  t.equal(nearestName('NGINX', ['APACHE', 'PHP']), undefined)
})

t.test('a hint for people, or nothing', async t => {
  t.equal(nearestHint('paht', ['zone', 'path'], 'key'), ' (nearest known key: "path")')
  t.equal(nearestHint('NGINX', ['APACHE']), '')
})
