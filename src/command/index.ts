import type { CommandModule } from 'yargs'
import type { CommandDeps } from './deps.ts'

/** One subcommand; its module is loaded only when it is asked for. */
export type Command = {
  readonly name: string
  readonly describe: string
  /** `unknown` stands for the arguments, which only the module itself knows. */
  readonly load: (deps: CommandDeps) => Promise<CommandModule<object, never>>
}

/** Every subcommand, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'lookup',
    describe: 'print the class list of a host, and why',
    load: async deps => (await import('./lookup.ts')).lookupCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'check',
    describe: 'read everything and report every finding',
    load: async deps => (await import('./check.ts')).checkCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'hosts',
    describe: 'print the hosts whose list holds classes',
    load: async deps => (await import('./hosts.ts')).hostsCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'diff',
    describe: 'print which class lists would change with other sources',
    load: async deps => (await import('./diff.ts')).diffCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'history',
    describe: 'print how class lists changed, and by what',
    load: async deps => (await import('./history.ts')).historyCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'graph',
    describe: 'draw what classes need, or why a host has its classes',
    load: async deps => (await import('./graph.ts')).graphCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'disks',
    describe: 'describe the disks of a machine, plan their layout, or carry it out',
    load: async deps => (await import('./disks.ts')).disksCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'packages',
    describe: 'print what a class list installs and removes',
    load: async deps => (await import('./packages.ts')).packagesCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'plan',
    describe: 'print what installing a host would do',
    load: async deps => (await import('./plan.ts')).planCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'install',
    describe: 'install a host onto the disks of this machine, or into an image',
    load: async deps => (await import('./install.ts')).installCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'dirinstall',
    describe: 'install a host into a directory',
    load: async deps =>
      (await import('./dirinstall.ts')).dirinstallCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'run',
    describe: 'run sysinfo, inventory, or an action of the config space',
    load: async deps =>
      (await import('./run-action.ts')).runActionCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'softupdate',
    describe: 'bring an installed system to its present class list',
    load: async deps =>
      (await import('./softupdate.ts')).softupdateCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'register',
    describe: 'register the addresses of a host in DNS',
    load: async deps => (await import('./register.ts')).registerCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'boot',
    describe: 'say what a host does at its next boot from the network',
    load: async deps => (await import('./boot.ts')).bootCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'serve',
    describe: 'answer machines that boot from the network: DHCP, TFTP, HTTP',
    load: async deps => (await import('./serve.ts')).serveCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'migrate',
    describe: 'print the zone and the LDIF that class scripts amount to',
    load: async deps => (await import('./migrate.ts')).migrateCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'image',
    describe: 'make kernel and initrd that machines boot from the network',
    load: async deps => (await import('./image.ts')).imageCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'netboot',
    describe: 'in the netboot image: do what the kernel command line asks for',
    load: async deps => (await import('./netboot.ts')).netbootCommand(deps) as CommandModule<object, never>,
  },
  {
    name: 'completion',
    describe: 'print the completion script of a shell',
    load: async deps =>
      (await import('./completion.ts')).completionCommand(deps) as CommandModule<object, never>,
  },
]
