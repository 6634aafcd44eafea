import t from 'tap'
import { isWritable } from './refuse-writers.ts'

const FLAGS: Readonly<Record<string, boolean>> = {
  'pos:\t0\nflags:\t0100000\nmnt_id:\t26\n': false,
  'pos:\t0\nflags:\t0100001\nmnt_id:\t26\n': true,
  'pos:\t0\nflags:\t0100002\nmnt_id:\t26\n': true,
  '': false,
}

for (const [fdinfo, want] of Object.entries(FLAGS)) t.equal(isWritable(fdinfo), want, JSON.stringify(fdinfo))
