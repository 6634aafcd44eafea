import t from 'tap'
import { parsePasswdLine } from './become-user.ts'

const rows: Readonly<Record<string, ReturnType<typeof parsePasswdLine>>> = {
  '_fai-classes:x:998:997:fai-classes serve:/var/lib/fai-classes-serve:/usr/sbin/nologin\n': {
    name: '_fai-classes',
    uid: 998,
    gid: 997,
  },
  '': undefined,
  'root:x:zero:0:root:/root:/bin/sh': undefined,
}
for (const [line, want] of Object.entries(rows)) {
  t.test(`a line of passwd: ${JSON.stringify(line)}`, async t => {
    t.strictSame(parsePasswdLine(line), want)
  })
}
