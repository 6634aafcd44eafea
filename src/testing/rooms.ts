/** What a room may import, and whether it is pure: no input or output, no clock, no randomness. */
export type Room = { readonly mayImport: readonly string[]; readonly pure: boolean }

const pure = (...mayImport: string[]): Room => ({ mayImport, pure: true })
const adapter = (...mayImport: string[]): Room => ({ mayImport, pure: false })

/** Every room of `src/` and the direction of imports; README shows the same table, and a test compares them. */
export const ROOMS: Readonly<Record<string, Room>> = {
  diagnostic: pure(),
  model: pure('diagnostic'),
  language: pure('diagnostic', 'model'),
  resolve: pure('diagnostic', 'model'),
  plan: pure('diagnostic', 'model', 'language', 'resolve'),
  report: pure('diagnostic', 'model', 'resolve', 'plan'),
  wire: pure('diagnostic', 'model'),
  source: adapter('diagnostic', 'model', 'wire'),
  inspect: adapter('diagnostic', 'model', 'language'),
  apply: adapter('diagnostic', 'model', 'plan', 'wire', 'inspect'),
  live: adapter('diagnostic', 'model', 'resolve', 'source'),
  history: adapter('diagnostic', 'model'),
  server: adapter('diagnostic', 'model', 'resolve', 'wire'),
  tool: adapter('diagnostic', 'model', 'language', 'plan', 'inspect', 'apply'),
  config: adapter('diagnostic', 'model'),
  install: adapter('diagnostic', 'model', 'resolve', 'plan', 'inspect', 'apply'),
  image: adapter('diagnostic', 'model', 'plan', 'inspect', 'apply'),
  command: adapter(
    'diagnostic',
    'model',
    'language',
    'resolve',
    'plan',
    'report',
    'wire',
    'source',
    'live',
    'history',
    'inspect',
    'apply',
    'config',
    'install',
    'server',
    'image',
  ),
}

/** Rooms that belong to development: they may import every room, and no room may import them. */
export const WORKSHOPS: readonly string[] = ['testing', 'bench']

/** The rooms whose tests must cover them. */
export const PURE_ROOMS: readonly string[] = Object.keys(ROOMS).filter(name => ROOMS[name]?.pure)

/** The one place where each third-party package may be imported, as a pattern on the path below `src/`. */
export const DOORWAYS: Readonly<Record<string, RegExp>> = {
  '@dagrejs/dagre': /^report\/graph-layout\.ts$/,
  execa: /^(apply|inspect)\/runner\.ts$/,
  'ipaddr.js': /^model\//,
  '@hono/node-server': /^server\/http\//,
  hono: /^server\/(http|api)\//,
  koffi: /^server\/c-library\.ts$/,
  ldapts: /^source\/ldap\//,
  'prom-client': /^server\/counters\.ts$/,
  yaml: /^config\//,
  yargs: /^(command\/.*|main)\.ts$/,
  zod: /^config\//,
}

/** Modules of Node that have one doorway as well. */
export const NODE_DOORWAYS: Readonly<Record<string, RegExp>> = { 'node:sqlite': /^history\// }

/** Packages for tests, benchmarks and the build only. */
export const DEVELOPMENT_PACKAGES: readonly string[] = [
  'ajv',
  'dhcp',
  'dns-packet',
  'esbuild',
  'fast-check',
  'node-tftp',
  'tap',
  'tap-parser',
  'typescript',
]

/** The table as README shows it, one line a room. */
export const renderRoomTable = (): string =>
  [
    '| room | may import | kind |',
    '|---|---|---|',
    ...Object.entries(ROOMS).map(([name, { mayImport, pure }]) => {
      const imports = mayImport.length === 0 ? 'nothing' : mayImport.map(room => `\`${room}\``).join(', ')
      return `| \`${name}\` | ${imports} | ${pure ? 'pure' : 'adapter'} |`
    }),
  ].join('\n')
