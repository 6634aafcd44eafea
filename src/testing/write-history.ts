import { openHistory } from '../history/open-history.ts'
import { changesAt, HISTORY_OPTIONS } from './history.ts'

/**
 * A program for tests: writes batches of 1,000 hosts to the history in `argv[2]` for ever, the time of each being its number, from
 * that in `argv[3]` on. A line for each that is written, and for each fault.
 */
const [, , path = '', first = '1'] = process.argv
const history = openHistory(path, {
  ...HISTORY_OPTIONS,
  retryMs: 10,
  onStanding: ({ phase, fault }) => console.log(`${phase} ${fault?.code ?? ''} ${fault?.message ?? ''}`),
})
for (let batch = Number(first); ; batch++) {
  const hosts = Array.from({ length: 1000 }, (_, host) => [`h${host}.example.test`, `B${batch} C${host}`])
  history.record(changesAt(batch, Object.fromEntries(hosts)))
  await history.settled()
  if (history.standing().phase === 'current') console.log(`written ${batch}`)
  else await new Promise(resolve => setTimeout(resolve, 20))
}
