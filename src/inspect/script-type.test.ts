import t from 'tap'
import { interpreterOf, scriptType } from './script-type.ts'

const cases: Record<string, { head: string; interpreter: string | undefined; type: string }> = {
  'a shell': { head: '#!/bin/bash\necho\n', interpreter: 'bash', type: 'shell' },
  'a shell with an option and blanks': { head: '#! /bin/sh -e\n', interpreter: 'sh', type: 'shell' },
  'a shell found by env': { head: '#!/usr/bin/env zsh\n', interpreter: 'zsh', type: 'shell' },
  'another interpreter': { head: '#!/usr/bin/perl -w\n', interpreter: 'perl', type: 'perl' },
  'a name that ends as a shell does': { head: '#!/usr/bin/fish\n', interpreter: 'fish', type: 'fish' },
  'no interpreter': { head: 'echo hello\n', interpreter: undefined, type: 'program' },
  'an empty one': { head: '#!\n', interpreter: undefined, type: 'program' },
  'an empty file': { head: '', interpreter: undefined, type: 'program' },
}

for (const [name, { head, interpreter, type }] of Object.entries(cases)) {
  t.test(`${name}: ${type}`, async t => {
    t.equal(interpreterOf(head), interpreter)
    t.equal(scriptType(head), type)
  })
}
