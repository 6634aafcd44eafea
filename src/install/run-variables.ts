import { targetVariables } from '../apply/script-environment.ts'

/** What is known when a run begins. */
export type RunBegin = {
  readonly action: string
  /** The host class; `$HOSTNAME` as FAI has it. */
  readonly host: string
  readonly fqdn: string | undefined
  readonly configSpace: string
  readonly target: string
  readonly logDirectory: string
  /** `FAI_FLAGS`, already split. */
  readonly flags: readonly string[]
  /** `YYYYMMDD_HHMMSS`. */
  readonly runDate: string
  /** Where this program was started. */
  readonly cwd: string
  /** Where programs are found, the commands for scripts first. */
  readonly path: string
}

/**
 * Variables that every script and hook finds from the beginning (fai-semantics.md, section 4.1). `flag_NAME` is 1 for each
 * flag. Pure. The functions are seen by bash alone: `task_error` of a program ends its script there and then, and
 * `ifclass CLASS` costs no program.
 */
export const runVariables = (begin: RunBegin): Record<string, string> => {
  const { action, host, fqdn, flags } = begin
  return {
    ...(fqdn?.includes('.') === true ? { DOMAIN: fqdn.slice(fqdn.indexOf('.') + 1) } : {}),
    ...Object.fromEntries(flags.map(flag => [`flag_${flag}`, '1'])),
    ...(flags.includes('verbose') ? { verbose: '1' } : {}),
    ...(flags.includes('debug') ? { debug: '1' } : {}),
    ...targetVariables(begin.target),
    PATH: begin.path,
    HOSTNAME: host,
    LOGDIR: begin.logDirectory,
    FAI: begin.configSpace,
    FAI_ACTION: action,
    FAI_FLAGS: flags.join(','),
    FAI_ETC_DIR: '/etc/fai',
    FAI_RUNDIR: begin.cwd,
    fai_rundate: begin.runDate,
    // No run is one inside of FAI's network root.
    do_init_tasks: '0',
    ...FUNCTIONS,
  }
}

const FUNCTIONS: Readonly<Record<string, string>> = {
  'BASH_FUNC_task_error%%': '() { command task_error "$@" || exit $?; }',
  'BASH_FUNC_ifclass%%': `() { if [[ $# -eq 1 && $1 =~ ^[A-Za-z0-9_]+$ ]]; then
  [[ " \${classes//$'\\n'/ } " == *" $1 "* ]]
else
  command ifclass "$@"
fi; }`,
}
