import type { Tool } from './tool.ts'

/** A command that scripts call, loaded when it is asked for. */
export type ToolEntry = { readonly name: string; readonly load: () => Promise<Tool> }

/** Every command there is; each has an executable of its name in `bin/tools`. */
export const TOOLS: readonly ToolEntry[] = [
  { name: 'ainsl', load: async () => (await import('./ainsl.ts')).ainsl },
  { name: 'check_status', load: async () => (await import('./check-status.ts')).checkStatus },
  { name: 'fai-debconf', load: async () => (await import('./fai-debconf.ts')).faiDebconf },
  { name: 'fai-divert', load: async () => (await import('./fai-divert.ts')).faiDivert },
  { name: 'fai-do-scripts', load: async () => (await import('./fai-do-scripts.ts')).faiDoScripts },
  { name: 'fai-link', load: async () => (await import('./fai-link.ts')).faiLink },
  { name: 'fai-sed', load: async () => (await import('./fai-sed.ts')).faiSed },
  { name: 'fai-statoverride', load: async () => (await import('./fai-statoverride.ts')).faiStatoverride },
  { name: 'fcopy', load: async () => (await import('./fcopy.ts')).fcopy },
  { name: 'ftar', load: async () => (await import('./ftar.ts')).ftar },
  { name: 'ifclass', load: async () => (await import('./ifclass.ts')).ifclass },
  { name: 'install_packages', load: async () => (await import('./install-packages.ts')).installPackages },
]
