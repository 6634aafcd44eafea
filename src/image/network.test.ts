import t from 'tap'
import { chooseCard, type FoundCard } from './network.ts'

const cards: readonly FoundCard[] = [
  { name: 'eno1', mac: '52:54:00:00:00:01', hasCarrier: false },
  { name: 'eno2', mac: '52:54:00:00:00:02', hasCarrier: true },
  { name: 'eno3', mac: '52:54:00:00:00:03', hasCarrier: true },
]
const chosen = (wish: Parameters<typeof chooseCard>[1]): string | undefined => chooseCard(cards, wish)?.name

t.test('the card to use', async t => {
  t.equal(chosen({ device: 'eno3', mac: '52:54:00:00:00:02' }), 'eno3', 'the one that is named')
  t.equal(chosen({ mac: '52:54:00:00:00:01' }), 'eno1', 'the one that booted, whatever its carrier')
  t.equal(chosen({}), 'eno2', 'else the first with a carrier')
  t.equal(chosen({ device: 'eno9', mac: '52:54:00:00:00:02' }), undefined, 'never another than the one named')
  t.equal(chosen({ mac: '52:54:00:00:00:09' }), undefined)
})
