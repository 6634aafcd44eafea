import t from 'tap'
import { answerFile } from './file-answer.ts'
import { type OctetRange, parseRange } from './range.ts'

const ranges: Record<
  string,
  { header: string; size?: number; want: OctetRange | 'whole' | 'unsatisfiable' }
> = {
  'from and to': { header: 'bytes=2-5', want: { first: 2, last: 5 } },
  'one octet': { header: 'bytes=9-9', want: { first: 9, last: 9 } },
  'to the end': { header: 'bytes=2-', want: { first: 2, last: 9 } },
  'beyond the end: as far as there is': { header: 'bytes=2-99', want: { first: 2, last: 9 } },
  'the last ones': { header: 'bytes=-3', want: { first: 7, last: 9 } },
  'more last ones than there are: all': { header: 'bytes=-99', want: { first: 0, last: 9 } },
  'the last none: unsatisfiable': { header: 'bytes=-0', want: 'unsatisfiable' },
  'behind the end: unsatisfiable': { header: 'bytes=10-', want: 'unsatisfiable' },
  'of an empty file: unsatisfiable': { header: 'bytes=0-', size: 0, want: 'unsatisfiable' },
  'a huge number: unsatisfiable': { header: `bytes=${'9'.repeat(400)}-`, want: 'unsatisfiable' },
  'backwards: left aside': { header: 'bytes=5-2', want: 'whole' },
  'several: left aside': { header: 'bytes=0-1,4-5', want: 'whole' },
  'another unit: left aside': { header: 'lines=1-2', want: 'whole' },
  'no range: left aside': { header: 'bytes=-', want: 'whole' },
  'negative: left aside': { header: 'bytes=--5', want: 'whole' },
  'no number: left aside': { header: 'bytes=1e3-', want: 'whole' },
}

for (const [name, { header, size = 10, want }] of Object.entries(ranges)) {
  t.test(`range ${name}`, async t => {
    t.strictSame(parseRange(header, size), want)
  })
}

t.test('no header of a range: the whole', async t => {
  t.equal(parseRange(undefined, 10), 'whole')
})

const MODIFIED_MS = Date.UTC(2026, 10, 22, 12, 0, 0, 500)
const MODIFIED = 'Sun, 22 Nov 2026 12:00:00 GMT'

const answer = (headers: Record<string, string>, isHead = false) =>
  answerFile({ sizeBytes: 10, modifiedMs: MODIFIED_MS, isHead, header: name => headers[name] })
const { etag = '' } = answer({}).headers

const cases: Record<string, { headers: Record<string, string>; isHead?: boolean; want: unknown }> = {
  'GET: all of it': {
    headers: {},
    want: {
      status: 200,
      headers: { 'content-length': '10', 'last-modified': MODIFIED },
      range: { first: 0, last: 9 },
    },
  },
  'HEAD: its length, no body': {
    headers: {},
    isHead: true,
    want: { status: 200, headers: { 'content-length': '10' }, range: undefined },
  },
  'HEAD with a range: as without': {
    headers: { range: 'bytes=2-5' },
    isHead: true,
    want: { status: 200, headers: { 'content-length': '10' }, range: undefined },
  },
  'a range: that part': {
    headers: { range: 'bytes=2-5' },
    want: {
      status: 206,
      headers: { 'content-length': '4', 'content-range': 'bytes 2-5/10' },
      range: { first: 2, last: 5 },
    },
  },
  'a range behind the end': {
    headers: { range: 'bytes=10-' },
    want: { status: 416, headers: { 'content-range': 'bytes */10' }, range: undefined },
  },
  'a range if it is still that file': {
    headers: { range: 'bytes=2-5', 'if-range': etag },
    want: { status: 206 },
  },
  'a range if it is still of that time': {
    headers: { range: 'bytes=2-5', 'if-range': MODIFIED },
    want: { status: 206 },
  },
  'a range of another file: all of it': {
    headers: { range: 'bytes=2-5', 'if-range': '"other"' },
    want: { status: 200, range: { first: 0, last: 9 } },
  },
  'known by its tag: not again': {
    headers: { 'if-none-match': `"x", ${etag}` },
    want: { status: 304, range: undefined },
  },
  'another tag, whatever the time': {
    headers: { 'if-none-match': '"x"', 'if-modified-since': MODIFIED },
    want: { status: 200 },
  },
  'not changed since': { headers: { 'if-modified-since': MODIFIED }, want: { status: 304 } },
  'changed since': {
    headers: { 'if-modified-since': 'Sun, 22 Nov 2026 11:59:59 GMT' },
    want: { status: 200 },
  },
  'since no time': { headers: { 'if-modified-since': 'yesterday' }, want: { status: 200 } },
}

for (const [name, { headers, isHead = false, want }] of Object.entries(cases)) {
  t.test(name, async t => {
    t.match({ range: undefined, ...answer(headers, isHead) }, want as object)
  })
}

t.test('another size or time is another tag', async t => {
  const tag = (sizeBytes: number, modifiedMs: number) =>
    answerFile({ sizeBytes, modifiedMs, isHead: true, header: () => undefined }).headers['etag']
  t.equal(new Set([tag(10, 1000), tag(11, 1000), tag(10, 1000.5)]).size, 3)
})
