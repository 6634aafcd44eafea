import t from 'tap'
import { negotiateOptions, OPTION_LIMITS } from './options.ts'

const SIZE = 173_792
const LOW = { blockSize: 1400, windowSize: 16, windowBytes: 8 * 1400 }

/** What was asked for, and what OACK says of it, both as `name=value`. */
const ROWS: Readonly<Record<string, { asked: string; accepted: string; low?: string }>> = {
  'no option': { asked: '', accepted: '' },
  'blksize of less than 8': { asked: 'blksize=7', accepted: '' },
  'blksize of 8': { asked: 'blksize=8', accepted: 'blksize=8' },
  'blksize up to the limit': { asked: 'blksize=1468', accepted: 'blksize=1468', low: 'blksize=1400' },
  'blksize of more than any block': {
    asked: 'blksize=65465',
    accepted: 'blksize=65464',
    low: 'blksize=1400',
  },
  'windowsize of 0': { asked: 'windowsize=0', accepted: '' },
  'windowsize of 1': { asked: 'windowsize=1', accepted: 'windowsize=1' },
  'windowsize beyond the limit': { asked: 'windowsize=65', accepted: 'windowsize=64', low: 'windowsize=16' },
  'windowsize of more than memory is given for': {
    asked: 'windowsize=64 blksize=65464',
    accepted: 'blksize=65464 windowsize=16',
    low: 'blksize=1400 windowsize=8',
  },
  'timeout of 0': { asked: 'timeout=0', accepted: '' },
  'timeout of 255': { asked: 'timeout=255', accepted: 'timeout=255' },
  'timeout of 256': { asked: 'timeout=256', accepted: '' },
  tsize: { asked: 'tsize=0', accepted: `tsize=${SIZE}` },
  'tsize that is no number': { asked: 'tsize=', accepted: '' },
  'what is no plain decimal number': {
    asked: 'blksize=1e3 windowsize=+4 timeout=0x1 tsize=-1',
    accepted: '',
  },
  'a number of more digits than anybody needs': { asked: `blksize=${'9'.repeat(21)}`, accepted: '' },
  'an option that nobody knows': { asked: 'multicast=1 __proto__=1', accepted: '' },
}

const parsed = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split(' ').flatMap(pair => (pair === '' ? [] : [pair.split('=') as [string, string]])))
const formatted = (options: ReadonlyMap<string, string>): string =>
  [...options].map(pair => pair.join('=')).join(' ')

for (const [title, { asked, accepted, low = accepted }] of Object.entries(ROWS)) {
  t.test(`${title}: ${accepted || 'not accepted'}`, async t => {
    t.equal(formatted(negotiateOptions(parsed(asked), SIZE).accepted), accepted)
    t.equal(formatted(negotiateOptions(parsed(asked), SIZE, LOW).accepted), low)
  })
}

t.test('a size that nobody knows is not answered', async t => {
  t.equal(negotiateOptions(new Map([['tsize', '0']]), undefined).accepted.size, 0)
})

t.test('what is not accepted is as RFC 1350 has it', async t => {
  t.match(negotiateOptions(new Map(), SIZE), { blockSize: 512, windowSize: 1, timeoutSeconds: undefined })
  t.match(negotiateOptions(parsed('blksize=1024 windowsize=3 timeout=2'), SIZE), {
    blockSize: 1024,
    windowSize: 3,
    timeoutSeconds: 2,
  })
})

t.test('a block larger than a window may be in octets: a window of one', async t => {
  const limits = { ...OPTION_LIMITS, windowBytes: 1000 }
  t.equal(negotiateOptions(parsed('blksize=1468 windowsize=4'), SIZE, limits).windowSize, 1)
})
