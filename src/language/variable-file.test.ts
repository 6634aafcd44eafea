import t from 'tap'
import { parseVariableFile } from './variable-file.ts'

/** What of a text may become a record: `NAME=value` each, then the names that only a shell can tell. */
const cases: Record<string, { text: string; settings?: string[]; computed?: string[]; code?: number[] }> = {
  'plain, quoted, empty and exported words': {
    text: `A=eth0\nB='$1$x y'\nC="two words"\nD=\nexport E=x\n F=a.b/c:d@e,f+g%h-i`,
    settings: ['A=eth0', 'B=$1$x y', 'C=two words', 'D=', 'E=x', 'F=a.b/c:d@e,f+g%h-i'],
  },
  'comments, blank lines and semicolons say nothing': {
    text: '# A=1 isn\'t set\n\n  # B=2\nC=3 # three\nD=4; # it\'s four\nE="#5"\n',
    settings: ['C=3', 'D=4', 'E=#5'],
  },
  'whatever a shell puts in': {
    text: 'A=$(date)\nB="$A"\nC=`id`\nD=~/x\nE=a*\nF=a\\ b\nG="a\\"b"\nH=1 I=2\nJ=1 true\nK+=2',
    computed: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K'],
  },
  'a name that is set twice': { text: 'A=1\nB=2\nA=3', settings: ['B=2'], computed: ['A'] },
  'a name that is appended to, or set in part': {
    text: 'A=1\nA+=2\nB=1\nB[1]=2',
    computed: ['A', 'B'],
  },
  'a name that a command is given': {
    text: `A=1\nB=2\nC=3\nunset A\nread -r B </etc/x\necho $C \${C}`,
    settings: ['C=3'],
    computed: ['A', 'B'],
    code: [4, 5, 6],
  },
  'lines of a condition, and what comes behind it': {
    text: 'if ifclass A; then\n  A=1\nelse\n  B=2\nfi\nC=3\nif true; then D=4; fi\nE=5',
    settings: ['C=3', 'E=5'],
    computed: ['A', 'B', 'D'],
    code: [1, 3, 5],
  },
  'loops, cases and what stands in them': {
    text: 'for i in 1 2; do\n  while echo done; do\n    A=1\n  done\n  B=2\ndone\ncase $x in\n  a) C=3 ;;\nesac\nD=4',
    settings: ['D=4'],
    computed: ['A', 'B', 'C'],
    code: [1, 2, 4, 6, 7, 9],
  },
  'a function, however it is written': {
    text: 'f() {\n  A=1\n}\ng(){\n  B=2\n}\nfunction h {\n  C=3\n}\nk() { D=4; }\nE=5',
    settings: ['E=5'],
    computed: ['A', 'B', 'C', 'D'],
    code: [1, 3, 4, 6, 7, 9],
  },
  'a group behind a test': {
    text: 'ifclass A && {\n  A=1\n}\nC=3',
    settings: ['C=3'],
    computed: ['A'],
    code: [1, 3],
  },
  'a command that goes on in the next line': {
    text: 'ifclass A &&\n  A=1\nifclass B || # no\n\n  B=2\necho \\\n  C=3\nD=4',
    settings: ['D=4'],
    computed: ['A', 'B', 'C'],
  },
  'a text of several lines is one value': {
    text: 'A=\'one\nB=2\n\'\nC="x\nD=4"\nE=5',
    settings: ['A=one\nB=2\n', 'C=x\nD=4', 'E=5'],
  },
  'a parenthesis that stays open makes the whole file code': {
    text: 'A=1\nLIST=(one\n  B=2\n)\nC=3',
    computed: ['A', 'B', 'C', 'LIST'],
  },
  'a here-document makes the whole file code': {
    text: 'A=1\ncat <<END\nB=2\nEND\nC=3',
    computed: ['A', 'B', 'C'],
    code: [2, 4],
  },
}

for (const [name, { text, settings = [], computed = [], code }] of Object.entries(cases)) {
  t.test(name, async t => {
    const file = parseVariableFile(text)
    t.strictSame(
      file.settings.map(({ name, value }) => `${name}=${value}`),
      settings,
    )
    t.strictSame(file.computed.map(({ name }) => name).sort(), computed)
    if (code !== undefined) t.strictSame(file.code, code)
  })
}

for (const line of [
  '. /etc/default/site',
  'source ./x',
  'true; eval "$x"',
  '[ -e /x ] || return',
  'exit 0',
  'exec x',
]) {
  t.test(`"${line}" may set or leave out anything`, async t => {
    const { settings, computed } = parseVariableFile(`A=1\n${line}\nB=2`)
    t.strictSame(settings, [])
    t.strictSame(computed, [
      { name: 'A', line: 1 },
      { name: 'B', line: 3 },
    ])
  })
}

t.test('everything has its line', async t => {
  t.strictSame(parseVariableFile("\nA='x\ny'\nB=$A\nC=1\ndate\n"), {
    settings: [
      { name: 'A', value: 'x\ny', line: 2 },
      { name: 'C', value: '1', line: 5 },
    ],
    computed: [{ name: 'B', line: 4 }],
    code: [6],
  })
})
