import fc from 'fast-check'
import t from 'tap'
import { holds } from '../../testing/property.ts'
import { blocksOf, type ClientHabit, type Fate, runTransfer } from '../../testing/tftp-network.ts'
import {
  startTransfer,
  stepTransfer,
  type TransferAction,
  type TransferEvent,
  type TransferSettings,
  type TransferStep,
} from './transfer.ts'

const BLOCK_SIZE = 8
const accepted = new Map([['blksize', '8']])
const settings = (over: Partial<TransferSettings> = {}): TransferSettings => ({
  blockSize: BLOCK_SIZE,
  windowSize: 4,
  accepted: new Map(),
  mostTimeouts: 3,
  ...over,
})

/** One word for an action: the number of a block that is sent, `read N+count`. */
const shown = (action: TransferAction): string => {
  if (action.kind === 'read') return `read ${action.firstBlock}+${action.blocks}`
  if (action.kind === 'end') return action.end.kind
  const { packet } = action
  return packet.kind === 'data' ? String(packet.block) : packet.kind
}

/** A transfer whose reads are answered at once, unless `file` is `undefined`. */
const conversation = (given: TransferSettings, file: Buffer | undefined) => {
  const answered = (step: TransferStep): readonly TransferAction[] =>
    step.actions.flatMap(action => {
      if (action.kind !== 'read' || file === undefined) return action
      const payloads = blocksOf(file, given.blockSize, action.firstBlock, action.blocks)
      return take({ kind: 'blocks-read', payloads })
    })
  const take = (event: TransferEvent): readonly TransferAction[] => {
    const step = stepTransfer(state, event)
    state = step.state
    return answered(step)
  }
  const start = startTransfer(given)
  let { state } = start
  const begun = answered(start)
  const say = (event: TransferEvent) => take(event).map(shown).join(' ')
  return {
    begun: begun.map(shown).join(' '),
    say,
    ack: (...blocks: readonly number[]) => blocks.map(block => say({ kind: 'ack', block })).join(' | '),
    timeout: () => say({ kind: 'timeout' }),
  }
}

const TEN_BLOCKS = Buffer.alloc(9 * BLOCK_SIZE + 1, 'x')

t.test(
  'with options OACK comes first, and the first window at ACK 0; another ACK is not for OACK',
  async t => {
    const { begun, ack } = conversation(settings({ accepted }), TEN_BLOCKS)
    t.equal(begun, 'options-ack')
    t.equal(ack(1, 0), ' | 1 2 3 4')
  },
)

t.test('without options the first block is the answer', async t => {
  const { begun, ack } = conversation(settings({ windowSize: 1 }), Buffer.alloc(BLOCK_SIZE))
  t.equal(begun, '1')
  t.equal(ack(1, 2), '2 | complete', 'an empty block ends a file of whole blocks')
})

t.test('an empty file is one empty block', async t => {
  const { begun, ack } = conversation(settings(), Buffer.alloc(0))
  t.equal(begun, '1')
  t.equal(ack(1), 'complete')
})

t.test('the last block that was sent is acknowledged: the next window', async t => {
  const { begun, ack } = conversation(settings(), TEN_BLOCKS)
  t.equal(begun, '1 2 3 4')
  t.equal(ack(4, 8, 10), '5 6 7 8 | 9 10 | complete')
})

t.test('one sent before: the blocks behind it again', async t => {
  const { ack } = conversation(settings(), TEN_BLOCKS)
  t.equal(ack(2), '3 4 5 6')
  t.equal(ack(4), '7 8', 'up to the end of the repetition only what the window has moved by')
  t.equal(ack(8), '9 10')
  t.equal(ack(9), '10', 'beyond it once more')
})

t.test('an ACK that came twice is ignored in a window of 1', async t => {
  const { ack } = conversation(settings({ windowSize: 1 }), TEN_BLOCKS)
  t.equal(ack(1, 1, 1, 1, 2, 2), '2 |  |  |  | 3 | ')
})

t.test('the same ACK a third time: the first block of the window is lost', async t => {
  const { ack } = conversation(settings(), TEN_BLOCKS)
  t.equal(ack(4, 4, 4, 4, 4), '5 6 7 8 |  | 5 6 7 8 |  | ')
  t.equal(ack(8, 8, 8), '9 10 |  | ', 'not up to the end of that repetition')
})

t.test('an old ACK and one of a block that was not sent are ignored', async t => {
  const { ack } = conversation(settings(), TEN_BLOCKS)
  t.equal(ack(5, 4, 2, 0xffff), ' | 5 6 7 8 |  | ')
})

t.test('a timeout repeats OACK or the window, and at the last the client is given up', async t => {
  const negotiation = conversation(settings({ accepted }), TEN_BLOCKS)
  t.strictSame([1, 2, 3, 4, 5].map(negotiation.timeout), [
    'options-ack',
    'options-ack',
    'options-ack',
    'unanswered',
    '',
  ])
  const { ack, timeout } = conversation(settings(), TEN_BLOCKS)
  t.equal(timeout(), '1 2 3 4')
  t.equal(ack(4), '5 6 7 8')
  t.strictSame([1, 2, 3, 4].map(timeout), ['5 6 7 8', '5 6 7 8', '5 6 7 8', 'unanswered'])
  t.equal(ack(8), '', 'nothing follows the end')
})

t.test('while nothing is unanswered a timeout is none of the client', async t => {
  const { begun, timeout } = conversation(settings(), undefined)
  t.equal(begun, 'read 1+8')
  t.equal(timeout(), '')
})

t.test('blocks are read once each, a window ahead, and sent as they come', async t => {
  const { say, ack } = conversation(settings(), undefined)
  const read = (first: number, blocks: number) =>
    say({ kind: 'blocks-read', payloads: blocksOf(TEN_BLOCKS, BLOCK_SIZE, first, blocks) })
  t.equal(read(1, 3), '1 2 3 read 4+5')
  t.equal(read(4, 5), '4')
  t.equal(ack(4), '5 6 7 8 read 9+4')
  t.equal(ack(8), '')
  t.equal(read(9, 4), '9 10')
})

t.test('a client that asks for the size only ends what it began', async t => {
  const { say } = conversation(settings({ accepted }), TEN_BLOCKS)
  t.equal(say({ kind: 'error', code: 8, message: 'User aborted the transfer' }), 'aborted')
  t.equal(say({ kind: 'error', code: 8, message: 'User aborted the transfer' }), '')
})

t.test('a file that cannot be read further: ERROR, and the end', async t => {
  const { say } = conversation(settings(), undefined)
  t.equal(say({ kind: 'read-failed', code: 0, message: 'EIO' }), 'error unreadable')
})

for (const windowSize of [1, 64]) {
  t.test(`0 follows 65,535 on the wire, in windows of ${windowSize}`, async t => {
    const file = Buffer.from(Uint32Array.from({ length: 2 * 0x10003 }, (_, index) => index).buffer)
    const { end, received, sends } = runTransfer({
      settings: settings({ windowSize, accepted }),
      file,
      habit: 'each',
      fates: [],
      serverIsNext: [true],
    })
    t.equal(end.kind, 'complete')
    t.ok(received.equals(file))
    t.equal(sends, 0x10003 + 2, 'each block, the empty one and OACK once')
  })
}

const MOST_TIMEOUTS = 5
const fates = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fate>('arrives') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('lost', 'doubled', 'late') },
  ),
  { maxLength: 200 },
)
const network = fc.record({
  settings: fc
    .record({ windowSize: fc.integer({ min: 1, max: 9 }), hasOptions: fc.boolean() })
    .map(({ windowSize, hasOptions }) =>
      settings({ windowSize, mostTimeouts: MOST_TIMEOUTS, accepted: hasOptions ? accepted : new Map() }),
    ),
  file: fc.uint8Array({ maxLength: 600 }).map(octets => Buffer.from(octets)),
  habit: fc.constantFrom<ClientHabit>('each', 'once', 'silent'),
  serverIsNext: fc.array(fc.boolean(), { minLength: 2, maxLength: 40 }),
})

t.test('whatever is lost, doubled and late, the client gets the file, and few windows twice', async t => {
  holds(
    t,
    fc.property(network, fates, (run, fates) => {
      const { end, received, sends } = runTransfer({ ...run, fates })
      const faults = fates.filter(fate => fate !== 'arrives').length
      const blocks = Math.floor(run.file.length / BLOCK_SIZE) + 1
      if (end.kind === 'complete' && !received.equals(run.file)) return false
      if (end.kind !== 'complete' && (end.kind !== 'unanswered' || faults < MOST_TIMEOUTS)) return false
      return sends <= 1 + blocks + 2 * (faults + 1) * run.settings.windowSize
    }),
    { numRuns: 2000 },
  )
})

for (const habit of ['each', 'once', 'silent'] as const) {
  t.test(
    `one fault costs a window at most, and no more behind it (a client that complains: ${habit})`,
    async t => {
      const file = Buffer.alloc(500 * BLOCK_SIZE)
      for (const windowSize of [1, 4, 16]) {
        for (const fault of ['lost', 'doubled', 'late'] as const) {
          const costs = Array.from({ length: 60 }, (_, at) => {
            const fates = [...Array.from({ length: at }, (): Fate => 'arrives'), fault]
            const run = {
              settings: settings({ windowSize }),
              file,
              habit,
              fates,
              serverIsNext: [true, false],
            }
            const { end, sends } = runTransfer(run)
            return end.kind === 'complete' ? sends - 501 : Number.POSITIVE_INFINITY
          })
          t.ok(
            Math.max(...costs) <= windowSize,
            `${fault}, windows of ${windowSize}: ${Math.max(...costs)} more`,
          )
        }
      }
    },
  )
}

t.test('doubled ACKs cost not one packet', async t => {
  holds(
    t,
    fc.property(network, run => {
      const { end, received, sends } = runTransfer({ ...run, fates: [], doublesAcks: true })
      const blocks = Math.floor(run.file.length / BLOCK_SIZE) + 1
      const first = run.settings.accepted.size > 0 ? 1 : 0
      return end.kind === 'complete' && received.equals(run.file) && sends === blocks + first
    }),
  )
})

t.test('a client that falls silent is sent so many windows and no more', async t => {
  holds(
    t,
    fc.property(network, fc.nat(100), (run, silentFrom) => {
      const lost = Array.from({ length: 5000 }, (_, sent): Fate => (sent < silentFrom ? 'arrives' : 'lost'))
      const { end, sends } = runTransfer({ ...run, fates: lost })
      const bound = silentFrom + (MOST_TIMEOUTS + 1) * run.settings.windowSize
      return (end.kind === 'complete' || end.kind === 'unanswered') && sends <= bound
    }),
  )
})
